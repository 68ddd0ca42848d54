/**
 * Files that tell hosts which headers to send, written into the built site: `_headers`
 * for Netlify and Cloudflare Pages, `.htaccess` for Apache, `.nojekyll` for GitHub
 * Pages. They say what scripts/site-assets.ts says; hosts that read none of them are
 * served by the service worker and the frame (docs/hosting.md). Data in, text out.
 */
import { PYTHON_WORKER_POLICY } from '../src/sandbox/policy.ts';

type Headers = Readonly<Record<string, string>>;

/** @param pythonWorker path of the Python worker's script under the site, e.g. `assets/python-1a2b.js` */
export function hostFiles(pythonWorker: string, isolation: Headers): ReadonlyMap<string, string> {
  const indented = Object.entries(isolation).map(([name, value]) => `  ${name}: ${value}`);
  const script = pythonWorker.slice(pythonWorker.lastIndexOf('/') + 1);
  return new Map([
    [
      '_headers',
      [
        '/*',
        ...indented,
        '  X-Content-Type-Options: nosniff',
        `/${pythonWorker}`,
        `  Content-Security-Policy: ${PYTHON_WORKER_POLICY}`,
        '',
      ].join('\n'),
    ],
    [
      '.htaccess',
      [
        'AddType application/wasm .wasm',
        'AddType text/javascript .js',
        '<IfModule mod_headers.c>',
        ...Object.entries(isolation).map(([name, value]) => `  Header set ${name} "${value}"`),
        `  <Files "${script}">`,
        `    Header set Content-Security-Policy "${PYTHON_WORKER_POLICY}"`,
        '  </Files>',
        '</IfModule>',
        '<IfModule mod_deflate.c>',
        '  AddOutputFilterByType DEFLATE text/html text/css text/javascript application/json application/wasm',
        '</IfModule>',
        '',
      ].join('\n'),
    ],
    // Without it GitHub Pages leaves out files whose names begin with an underscore.
    ['.nojekyll', ''],
  ]);
}
