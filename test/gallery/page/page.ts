// The gallery in a browser: each card once on a phone and on a desk, light and dark, with the test that made it.
import '../../../sandbox/page/ui/style.css'
import './gallery.css'
import type { App } from '../../../sandbox/page/ui/app.ts'
import { renderBlocks } from '../../../sandbox/page/ui/blocks.ts'
import { h } from '../../../sandbox/page/ui/dom.ts'
import { Store } from '../../../sandbox/page/ui/store.ts'
import { plainSurface } from '../../../sandbox/page/ui/surface.ts'
import { mrkdwn } from '../../../sandbox/page/ui/text.ts'
import type { Snapshot } from '../../../sandbox/page/ui/wire.ts'
import type { Block } from '../../../sandbox/slack/types.ts'

/** As test/gallery/record.ts records it. */
type Shown = { readonly kind: string; readonly by: string; readonly text: string; readonly blocks: readonly Block[] }
type Gallery = { readonly snapshot: Snapshot; readonly shown: readonly Shown[] }

const { snapshot, shown } = JSON.parse(document.getElementById('gallery')?.textContent ?? '{}') as Gallery
const store = new Store()
store.apply({ kind: 'snapshot', snapshot })
const app: App = {
  store,
  act: async () => undefined,
  fileUrl: () => '',
  go: () => undefined,
  switchTo: () => undefined,
  announce: () => undefined,
  update: () => undefined,
}

const card = ({ text, blocks }: Shown): HTMLElement =>
  blocks.length > 0 ? renderBlocks(blocks, plainSurface(app, {})) : h('div', { class: 'text' }, ...mrkdwn(text, app))

const PANELS = ['on-phone light', 'on-phone dark', 'on-desk light', 'on-desk dark']

const entry = (one: Shown, at: number): HTMLElement =>
  h(
    'section',
    { class: 'gallery-entry', id: `card-${at + 1}` },
    h('h2', {}, `${at + 1} · ${one.kind} · ${one.by}`),
    h('p', { class: 'gallery-text' }, one.text),
    h(
      'div',
      { class: 'gallery-panels' },
      ...PANELS.map(panel => h('div', { class: `gallery-panel ${panel}` }, card(one))),
    ),
  )

document.body.append(h('h1', {}, `${shown.length} messages`), ...shown.map(entry))
