/** Tells a figure that the page is about to be printed: what moves is then to be whole. */
export function onPrint(work: () => void): () => void {
  const print = matchMedia('print');
  const changed = (): void => {
    if (print.matches) work();
  };
  addEventListener('beforeprint', work);
  print.addEventListener('change', changed);
  return () => {
    removeEventListener('beforeprint', work);
    print.removeEventListener('change', changed);
  };
}
