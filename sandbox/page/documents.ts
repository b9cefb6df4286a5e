// The files of the page: its document, script and style sheet, and the document for a browser without access.
import { build } from 'esbuild'

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#0b6e8a"/><path d="M12 7.5v11M8.5 11h7M5.5 13.5c.3 3.2 3 5 6.5 5s6.2-1.8 6.5-5" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round"/><circle cx="12" cy="5.8" r="1.7" fill="none" stroke="#fff" stroke-width="1.8"/></svg>`

const documentOf = (head: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quarterdeck sandbox</title>
<link rel="icon" type="image/svg+xml" href="/ui/icon.svg">
<link rel="stylesheet" href="/ui.css">
${head}</head>
<body>${body}</body>
</html>
`

/** The document of the page. `key`: the page key, for the first load in a browser; the browser then stores it. */
export const pageOf = (key?: string): string =>
  documentOf(
    `${key === undefined ? '' : `<meta name="quarterdeck-page" content="${key}">\n`}<script type="module" src="/ui.js"></script>\n`,
    "<noscript>The sandbox's page needs JavaScript.</noscript>",
  )

export const NO_ACCESS = documentOf(
  '',
  `<main class="no-access">
<h1>This link was used, or it has no token</h1>
<p>The page can run commands on this machine, so it opens only with the link that <code>npm start</code> prints.
Each link works once, in one browser.</p>
<p>For a new link, press Enter in the terminal where <code>npm start</code> runs, or start the sandbox again.</p>
</main>`,
)

export type Asset = { readonly type: string; readonly body: string }

/** Builds the script and the style sheet. They contain no secret. */
export const buildAssets = async (): Promise<ReadonlyMap<string, Asset>> => {
  const { outputFiles } = await build({
    entryPoints: [{ in: new URL('./ui/main.ts', import.meta.url).pathname, out: 'ui' }],
    bundle: true,
    write: false,
    outdir: '/ui',
    format: 'esm',
    target: 'es2023',
    logLevel: 'error',
  })
  const find = (end: string) => outputFiles.find(file => file.path.endsWith(end))?.text ?? ''
  return new Map([
    ['/ui.js', { type: 'text/javascript; charset=utf-8', body: find('.js') }],
    ['/ui.css', { type: 'text/css; charset=utf-8', body: find('.css') }],
    ['/ui/icon.svg', { type: 'image/svg+xml', body: ICON }],
  ])
}
