/**
 * Ctrl+A (or Cmd+A) in a focused piece of text selects that text, not the page around it, as in an editor.
 */
export function selectsAll(element: HTMLElement): () => void {
  const select = (event: KeyboardEvent): void => {
    if (
      event.key.toLowerCase() !== 'a' ||
      !(event.ctrlKey || event.metaKey) ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    getSelection()?.selectAllChildren(element);
  };
  element.addEventListener('keydown', select);
  return () => element.removeEventListener('keydown', select);
}
