// Shows content that the page cannot render, in red and with its JSON. No content disappears without notice.
import { h } from './dom.ts'

export const unknown = (what: string, value: unknown): HTMLElement =>
  h(
    'div',
    { class: 'unknown', role: 'note' },
    h('strong', {}, `Not supported by this page: ${what}`),
    h('pre', { tabindex: 0 }, JSON.stringify(value, null, 2)),
  )
