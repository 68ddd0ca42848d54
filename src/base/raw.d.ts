/** What an import of `#raw/...` gives: the text of a file under src/, see raw.mjs. */
declare module '#raw/*' {
  const text: string;
  export default text;
}
