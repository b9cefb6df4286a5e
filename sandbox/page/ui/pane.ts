// The main pane. It shows the messages of a channel and the composer, or the App Home.
import type { App, Part } from './app.ts'
import { renderBlocks } from './blocks.ts'
import { createComposer } from './composer.ts'
import { button, h, icon, keyed } from './dom.ts'
import { PIN, USERS } from './icons.ts'
import { plainSurface } from './surface.ts'
import { showMessages } from './timeline.ts'

const title = ({ store }: App): string => {
  const channel = store.channels.get(store.where.channel)
  if (!channel) return ''
  return channel.kind === 'im' ? store.nameOf(store.snapshot?.bot.userId ?? '') : channel.name
}

const facts = ({ store }: App): readonly HTMLElement[] => {
  const channel = store.channels.get(store.where.channel)
  if (!channel || channel.kind === 'im') return []
  const pins = channel.pins.length
  return [
    ...(pins > 0 ? [h('span', { class: 'fact', title: `${pins} pinned` }, icon(PIN), String(pins))] : []),
    h(
      'span',
      { class: 'fact', title: `${channel.members.length} members` },
      icon(USERS),
      String(channel.members.length),
    ),
  ]
}

const bookmarks = ({ store }: App): HTMLElement | null => {
  const { bookmarks = [] } = store.channels.get(store.where.channel) ?? {}
  if (bookmarks.length === 0) return null
  const links = bookmarks.map(one => h('a', { href: one.link, target: '_blank', rel: 'noreferrer' }, one.title))
  return h('div', { class: 'bookmarks' }, ...links)
}

const TABS = [
  ['home', 'Home'],
  ['messages', 'Messages'],
] as const

const tabs = (app: App): HTMLElement | null => {
  const { where, channels } = app.store
  if (channels.get(where.channel)?.kind !== 'im') return null
  const buttons = TABS.map(([tab, label]) =>
    button(
      { class: 'tab', 'aria-pressed': String(where.tab === tab) },
      () => app.go({ channel: where.channel, tab }),
      label,
    ),
  )
  return h('div', { class: 'tabs', role: 'group', 'aria-label': 'Quarterdeck' }, ...buttons)
}

const header = (app: App): HTMLElement => {
  const channel = app.store.channels.get(app.store.where.channel)
  return h(
    'header',
    { class: 'pane-head' },
    h(
      'div',
      { class: 'pane-title' },
      h('h1', {}, channel?.kind === 'im' ? '' : h('span', { class: 'hash' }, '# '), title(app)),
      channel?.topic ? h('span', { class: 'topic muted', title: channel.topic }, channel.topic) : null,
      h('span', { class: 'facts' }, ...facts(app)),
    ),
    tabs(app),
    bookmarks(app),
  )
}

const emptyChannel = (app: App): HTMLElement => {
  const channel = app.store.channels.get(app.store.where.channel)
  const command = app.store.snapshot?.commands[0]?.command ?? '/ecs'
  const isIn = channel?.members.includes(app.store.snapshot?.bot.userId ?? '')
  return h(
    'div',
    { class: 'empty' },
    h('h2', {}, channel?.kind === 'im' ? title(app) : `# ${title(app)}`),
    h('p', {}, 'Type ', h('code', {}, `${command} help`), ' to see what Quarterdeck can do.'),
    isIn === false
      ? h('p', { class: 'muted' }, 'Quarterdeck is not in this channel: commands work, mentions do not.')
      : null,
  )
}

const homeView = (app: App): HTMLElement => {
  const { home } = app.store
  if (!home)
    return h(
      'div',
      { class: 'empty' },
      h('h2', {}, 'Home'),
      h('p', { class: 'muted' }, 'The app has not published a Home yet.'),
    )
  return h(
    'div',
    { class: 'home' },
    renderBlocks(home.blocks, plainSurface(app, { viewId: home.id }, home.state.values)),
  )
}

export const createPane = (app: App): Part & { focus(): void } => {
  const head = h('div')
  const list = h('div', { class: 'messages', tabindex: 0, role: 'region', 'aria-label': 'Messages' })
  const intro = h('div', { class: 'intro' })
  const homePane = h('div', { class: 'home-scroll', tabindex: 0, role: 'region', 'aria-label': 'Home' })
  const composer = createComposer(app, () => {
    const { where } = app.store
    const channel = app.store.channels.get(where.channel)
    return { channel: where.channel, label: `Message ${channel?.kind === 'im' ? '' : '#'}${title(app)}` }
  })
  const element = h('main', { class: 'pane', id: 'main', tabindex: -1 }, head, intro, list, homePane, composer.element)
  let shown = ''
  const update = () => {
    const { store } = app
    const { where } = store
    const channel = store.channels.get(where.channel)
    keyed(head, [channel], {
      key: () => 'head',
      version: () => JSON.stringify([channel, where.tab, store.me]),
      render: () => header(app),
    })
    const isHome = where.tab === 'home'
    const place = `${store.me} ${where.channel}`
    if (place !== shown) {
      list.replaceChildren()
      keyed(list, [], { key: String, version: String, render: () => list })
      list.dataset['fresh'] = 'true'
      composer.clear()
    }
    shown = place
    const messages = store.timeline(where.channel)
    list.hidden = isHome || messages.length === 0
    intro.hidden = isHome || messages.length > 0
    homePane.hidden = !isHome
    composer.element.hidden = isHome
    if (isHome) {
      const version = `${store.me} ${store.home?.hash ?? ''}`
      keyed(homePane, ['home'], { key: String, version: () => version, render: () => homeView(app) })
    } else if (messages.length > 0) showMessages(list, messages, false, app)
    else intro.replaceChildren(emptyChannel(app))
    composer.update()
  }
  return { element, update, focus: composer.focus }
}
