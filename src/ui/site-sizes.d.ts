/** Made by scripts/site-assets.ts when the page is built or served: bytes by path under the site's base. */
declare module 'virtual:site-sizes' {
  export const sizes: Readonly<Record<string, number>>;
}
