// Composes the page from its parts and updates them after each change.
import './style.css'
import type { Json } from '../../slack/types.ts'
import type { App } from './app.ts'
import { type Broken, fileUrl, listen, post } from './connection.ts'
import { h, on } from './dom.ts'
import { createModal } from './modal.ts'
import { createPane } from './pane.ts'
import { createSidebar } from './sidebar.ts'
import { Store, type Where } from './store.ts'
import { spoken } from './text.ts'
import { createThread } from './thread.ts'
import { createTopbar } from './topbar.ts'
import type { Pushed } from './wire.ts'
import { createWorld } from './world.ts'

const USER_KEY = 'quarterdeck-user'
const FIRST_USER = 'U0REQUEST'

const store = new Store()
const shell = h('div', { class: 'app' })
const live = h('div', { class: 'visually-hidden', 'aria-live': 'polite', role: 'status' })
const toasts = h('div', { class: 'toasts', role: 'alert' })
const broken = h('div', { class: 'broken', role: 'alert', hidden: true })
const BROKEN: { readonly [why in Broken]: string } = {
  refused: 'The sandbox was started again. Open the link that npm start printed; press Enter there for a new link.',
  silent: 'The sandbox is not responding. Check that npm start is still running.',
}

const stage = h('div', { class: 'stage' })

let stop = () => {}
let waiting = false
let pressed = false

const toast = (text: string) => {
  const note = h('div', { class: 'toast' }, text)
  toasts.append(note)
  setTimeout(() => note.remove(), 6000)
}

const update = () => {
  if (waiting || pressed) return
  waiting = true
  queueMicrotask(() => {
    waiting = false
    shell.classList.toggle('in-thread', store.where.thread !== undefined)
    for (const part of parts) part.update()
  })
}

const markRead = () => {
  const { channel, tab } = store.where
  const last = store.timeline(channel).at(-1)?.ts
  if (tab !== 'messages' || !last || last <= (store.reads[channel] ?? '')) return
  store.reads[channel] = last
  void app.act('/ui/read', { channel, ts: last })
}

const app: App = {
  store,
  act: async (path: string, body: Json) => {
    try {
      return await post(path, { user: store.me, ...body })
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error))
      return undefined
    }
  },
  fileUrl: id => fileUrl(id, store.snapshot?.fileKey ?? ''),
  go: (where: Where) => {
    const opensHome = where.tab === 'home' && (store.where.tab !== 'home' || store.where.channel !== where.channel)
    store.where = where
    shell.classList.remove('drawer-open')
    shell.dataset['view'] = 'chat'
    if (opensHome) void app.act('/ui/home', {})
    markRead()
    update()
  },
  switchTo: (user: string) => {
    sessionStorage.setItem(USER_KEY, user)
    // The page is inert until the view of the new person has arrived. Clicks before that would act as the previous person.
    stage.inert = true
    connect(user)
  },
  announce: text => {
    live.textContent = text
  },
  update,
}

const pane = createPane(app)
const topbar = createTopbar(app, {
  drawer: () => void shell.classList.toggle('drawer-open'),
  world: () => {
    // On wide screens, the World panel is next to the messages. On narrow screens, it covers the messages.
    if (matchMedia('(min-width: 1161px)').matches) shell.classList.toggle('world-closed')
    else shell.dataset['view'] = shell.dataset['view'] === 'world' ? 'chat' : 'world'
  },
})
const sidebar = createSidebar(app)
const thread = createThread(app)
const world = createWorld(app)
const modal = createModal(app)
const parts = [topbar, sidebar, pane, thread, world, modal]

const announceMessage = (pushed: Pushed) => {
  if (pushed.kind !== 'change') return
  const { change } = pushed
  if (change.kind !== 'message' && change.kind !== 'ephemeral') return
  const { message } = change
  if (message.channel !== store.where.channel || message.user === store.me) return
  app.announce(`${store.nameOf(message.user)}: ${spoken(message.text)}`)
}

const connect = (user: string) => {
  stop()
  stop = listen(
    user,
    pushed => {
      store.apply(pushed)
      if (pushed.kind !== 'control') markRead()
      if (pushed.kind === 'snapshot') {
        document.title = `Quarterdeck sandbox: ${store.nameOf(store.me)}`
        stage.inert = false
      }
      announceMessage(pushed)
      update()
    },
    why => {
      broken.hidden = why === undefined
      broken.textContent = why === undefined ? '' : BROKEN[why]
    },
  )
}

const TABS = [
  ['chat', 'Messages'],
  ['world', 'World'],
] as const

const tabbar = () => {
  const buttons = TABS.map(([view, label]) => {
    const tab = h('button', { type: 'button', class: 'tabbar-tab', 'data-tab': view }, label)
    return on(tab, {
      click: () => {
        shell.dataset['view'] = view
        shell.classList.remove('drawer-open')
        for (const one of buttons) one.setAttribute('aria-pressed', String(one === tab))
      },
    })
  })
  buttons[0]?.setAttribute('aria-pressed', 'true')
  return h('div', { class: 'tabbar', role: 'group', 'aria-label': 'Views' }, ...buttons)
}

const scrim = on(h('div', { class: 'scrim' }), { click: () => shell.classList.remove('drawer-open') })

/** Delays updates while a mouse button is pressed, because an update before its release would lose the click. */
const holdWhilePressed = () => {
  const release = () => {
    if (!pressed) return
    setTimeout(() => {
      pressed = false
      update()
    })
  }
  document.addEventListener('pointerdown', event => {
    if (event.button === 0) pressed = true
  })
  for (const end of ['pointerup', 'pointercancel', 'dragend', 'contextmenu']) document.addEventListener(end, release)
  window.addEventListener('blur', release)
}

// Removes the token of the link from the address, so that bookmarks and copies of the address do not contain it.
history.replaceState(null, '', location.pathname)
shell.dataset['view'] = 'chat'
stage.append(pane.element, thread.element)
shell.append(topbar.element, sidebar.element, scrim, stage, world.element, tabbar())
document.body.append(
  h('a', { class: 'skip', href: '#main' }, 'Skip to messages'),
  shell,
  modal.element,
  broken,
  live,
  toasts,
)
on(document.body, {
  keydown: event => {
    if (event.key === 'Escape') shell.classList.remove('drawer-open')
  },
})
holdWhilePressed()
connect(sessionStorage.getItem(USER_KEY) ?? FIRST_USER)
