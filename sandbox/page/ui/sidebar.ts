// The sidebar: the selection of the person whose view the page shows, the channels, and the app.
import type { Channel } from '../../slack/types.ts'
import type { App, Part } from './app.ts'
import { avatar } from './avatar.ts'
import { button, freshId, h, icon, keyed, on } from './dom.ts'
import { ANCHOR } from './icons.ts'

type Entry = {
  readonly key: string
  readonly channel: string
  readonly tab: 'messages' | 'home'
  readonly face: Node
  readonly name: string
}

const channelEntry = (channel: Channel): Entry => ({
  key: channel.id,
  channel: channel.id,
  tab: 'messages',
  face: h('span', { class: 'hash', 'aria-hidden': 'true' }, channel.kind === 'private' ? '🔒' : '#'),
  name: channel.name,
})

const botEntries = (channel: Channel, app: App): readonly Entry[] => {
  const bot = app.store.snapshot?.bot.userId ?? ''
  return [
    {
      key: channel.id,
      channel: channel.id,
      tab: 'messages',
      face: avatar(bot, app, 'tiny'),
      name: app.store.nameOf(bot),
    },
  ]
}

const entryButton = (entry: Entry, app: App): HTMLElement => {
  const { where } = app.store
  const isHere = where.channel === entry.channel
  const unread = isHere ? 0 : app.store.unread(entry.channel)
  return button(
    {
      class: `entry${isHere ? ' here' : ''}${unread > 0 ? ' unread' : ''}`,
      'aria-current': isHere ? 'page' : undefined,
    },
    () => app.go({ channel: entry.channel, tab: entry.tab }),
    entry.face,
    h('span', { class: 'entry-name' }, entry.name),
    unread > 0
      ? h('span', { class: 'badge' }, String(unread), h('span', { class: 'visually-hidden' }, ' unread'))
      : null,
  )
}

const showEntries = (list: HTMLElement, entries: readonly Entry[], app: App): void => {
  const { where, me } = app.store
  keyed(list, entries, {
    key: entry => entry.key,
    version: entry => `${me} ${where.channel === entry.channel} ${entry.name} ${app.store.unread(entry.channel)}`,
    render: entry => h('li', {}, entryButton(entry, app)),
  })
}

const createSwitcher = (app: App): Part => {
  const id = freshId('switcher')
  const select = on(h('select', { id, class: 'switcher-select' }), { change: () => app.switchTo(select.value) })
  const face = h('span', { class: 'switcher-face' })
  const title = h('span', { class: 'switcher-title' })
  const element = h(
    'div',
    { class: 'switcher' },
    face,
    h('div', { class: 'switcher-text' }, h('label', { for: id }, 'You are'), select, title),
  )
  let shown = ''
  const update = () => {
    const people = app.store.people()
    const version = JSON.stringify([app.store.me, people])
    if (version === shown) return
    shown = version
    select.replaceChildren(...people.map(user => h('option', { value: user.id }, user.displayName)))
    select.value = app.store.me
    face.replaceChildren(avatar(app.store.me, app))
    title.textContent = app.store.users.get(app.store.me)?.title ?? ''
  }
  return { element, update }
}

const section = (name: string) => {
  const id = freshId('section')
  const list = h('ul', { 'aria-labelledby': id })
  return { list, element: h('div', { class: 'side-section' }, h('h2', { id }, name), list) }
}

export const createSidebar = (app: App): Part => {
  const channels = section('Channels')
  const apps = section('Apps')
  const switcher = createSwitcher(app)
  const name = h('div', { class: 'workspace-name' })
  const element = h(
    'nav',
    { class: 'sidebar', id: 'sidebar', 'aria-label': 'Channels' },
    h('div', { class: 'workspace' }, icon(ANCHOR), name, h('span', { class: 'workspace-tag' }, 'Local sandbox')),
    h('div', { class: 'side-scroll' }, channels.element, apps.element),
    switcher.element,
  )
  const update = () => {
    const all = app.store.myChannels()
    name.textContent = app.store.snapshot?.team.name ?? ''
    const rooms = all.filter(channel => channel.kind !== 'im').toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const direct = all.filter(channel => channel.kind === 'im')
    showEntries(channels.list, rooms.map(channelEntry), app)
    showEntries(
      apps.list,
      direct.flatMap(channel => botEntries(channel, app)),
      app,
    )
    switcher.update()
  }
  return { element, update }
}
