// The pane with a thread, next to the pane with the channel.
import type { App, Part } from './app.ts'
import { createComposer } from './composer.ts'
import { button, h, icon, keyed } from './dom.ts'
import { CLOSE } from './icons.ts'
import { showMessages } from './timeline.ts'

export const createThread = (app: App): Part => {
  const where = () => app.store.where
  const close = () => app.go({ channel: where().channel, tab: 'messages' })
  const list = h('div', { class: 'messages', tabindex: 0, role: 'region', 'aria-label': 'Replies' })
  const name = h('span', { class: 'muted small' })
  const composer = createComposer(app, () => {
    const { channel, thread } = where()
    return { channel, label: 'Reply…', ...(thread ? { threadTs: thread } : {}) }
  })
  const element = h(
    'aside',
    { class: 'thread', 'aria-label': 'Thread' },
    h(
      'header',
      { class: 'dock-head' },
      h('h2', {}, 'Thread ', name),
      button({ class: 'tool', 'aria-label': 'Close thread' }, close, icon(CLOSE)),
    ),
    list,
    composer.element,
  )
  let shown = ''
  const update = () => {
    const { channel, thread } = where()
    element.hidden = !thread
    if (!thread) {
      shown = ''
      return
    }
    const place = `${app.store.me} ${thread}`
    if (shown !== place) {
      list.dataset['fresh'] = 'true'
      keyed(list, [], { key: String, version: String, render: () => list })
      setTimeout(composer.focus)
    }
    shown = place
    const found = app.store.channels.get(channel)
    name.textContent = found?.kind === 'im' ? '' : `#${found?.name ?? ''}`
    showMessages(list, app.store.thread(channel, thread), true, app)
    composer.update()
  }
  return { element, update }
}
