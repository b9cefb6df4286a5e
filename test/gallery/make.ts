// Makes dist/gallery.html: every message that the stories and the walk show, once.
//   npm run gallery
//   npm run gallery -- test/world/exec      those of the named tests instead
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { BOT, seedChannels, seedGroups, seedUsers, TEAM } from '../../sandbox/slack/seed.ts'
import type { Shown } from './record.ts'

const [, , ...files] = process.argv
const projects = files.length === 0 ? ['stories', 'walk'] : ['stories', 'walk', 'world']
const recorded = join(mkdtempSync(join(tmpdir(), 'quarterdeck-gallery-')), 'shown.jsonl')
writeFileSync(recorded, '')
spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', ...projects.flatMap(project => ['--project', project]), ...files],
  {
    stdio: 'inherit',
    env: { ...process.env, GALLERY: recorded },
  },
)

/** Two that differ in times, ids and counts alone are one. */
const shapeOf = ({ kind, blocks, text }: Shown): string =>
  `${kind} ${blocks.length === 0 ? text : JSON.stringify(blocks)}`.replace(/[0-9a-f]{12,}/g, '#').replace(/\d+/g, '#')

const shown = new Map<string, Shown>()
for (const line of readFileSync(recorded, 'utf8').split('\n')) {
  if (line === '') continue
  const one = JSON.parse(line) as Shown
  const shape = shapeOf(one)
  if (!shown.has(shape)) shown.set(shape, one)
}

/** The cards that ask first, since they are decided by. */
const isAsking = ({ blocks }: Shown): boolean => blocks.some(({ block_id: id = '' }) => id.startsWith('decide:'))
const inOrder = [...shown.values()].toSorted((a, b) => Number(isAsking(b)) - Number(isAsking(a)))

const snapshot = {
  me: 'U0REQUEST',
  team: { id: TEAM.id, name: TEAM.name },
  bot: { userId: BOT.userId, name: BOT.name },
  users: seedUsers,
  groups: seedGroups,
  channels: seedChannels,
  messages: [],
  ephemerals: [],
  views: [],
  reads: {},
  commands: [],
  shortcuts: [],
  fileKey: '',
  control: { calls: [], knobs: [], time: Date.parse('2026-11-22T03:00:00Z'), speed: 0 },
}

const { outputFiles } = await build({
  entryPoints: ['test/gallery/page/page.ts'],
  bundle: true,
  write: false,
  outdir: '/gallery',
  format: 'esm',
  target: 'es2023',
})
const find = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
const data = JSON.stringify({ snapshot, shown: inOrder }).replaceAll('<', '\\u003c')
mkdirSync('dist', { recursive: true })
writeFileSync(
  'dist/gallery.html',
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Quarterdeck: every message</title><style>${find('.css')}</style></head>
<body><script type="application/json" id="gallery">${data}</script><script type="module">${find('.js').replaceAll('</script', '<\\/script')}</script></body></html>
`,
)
process.stdout.write(`dist/gallery.html: ${inOrder.length} messages, ${inOrder.filter(isAsking).length} that ask\n`)
