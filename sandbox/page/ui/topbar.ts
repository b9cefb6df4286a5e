// The top bar: a button for the sidebar on phones, world time, a button for the World panel, and the choice of theme.
import type { App, Part } from './app.ts'
import { clockSeconds } from './dates.ts'
import { button, h, icon } from './dom.ts'
import { ANCHOR, GLOBE, MENU, MOON, SUN } from './icons.ts'

const KEY = 'quarterdeck-theme'

const isDark = (): boolean => {
  const chosen = document.documentElement.dataset['theme']
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
}

const createThemeToggle = (): HTMLElement => {
  const stored = localStorage.getItem(KEY)
  if (stored) document.documentElement.dataset['theme'] = stored
  const paint = () => {
    const dark = isDark()
    toggle.replaceChildren(icon(dark ? SUN : MOON))
    toggle.setAttribute('aria-label', dark ? 'Switch to light theme' : 'Switch to dark theme')
    toggle.title = dark ? 'Light theme' : 'Dark theme'
  }
  const toggle = button({ class: 'bar-button' }, () => {
    const next = isDark() ? 'light' : 'dark'
    document.documentElement.dataset['theme'] = next
    localStorage.setItem(KEY, next)
    paint()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint)
  paint()
  return toggle
}

export type Toggles = { drawer(): void; world(): void }

export const createTopbar = (app: App, toggles: Toggles): Part => {
  const time = h('time', { class: 'world-time', title: 'World time' })
  const speed = h('span', { class: 'speed' })
  const element = h(
    'div',
    { class: 'topbar', role: 'banner' },
    button(
      { class: 'bar-button drawer-button', 'aria-label': 'Channels', 'aria-controls': 'sidebar' },
      toggles.drawer,
      icon(MENU),
    ),
    h('span', { class: 'brand' }, icon(ANCHOR), h('span', {}, 'Quarterdeck')),
    h('span', { class: 'about' }, 'Simulated Slack and AWS on this machine'),
    h('span', { class: 'spacer' }),
    h('span', { class: 'world-clock' }, time, speed),
    button(
      { class: 'bar-button world-button', 'aria-label': 'World panel', title: 'World panel', 'aria-controls': 'world' },
      toggles.world,
      icon(GLOBE),
    ),
    createThemeToggle(),
  )
  const tick = () => {
    if (app.store.snapshot) time.textContent = clockSeconds(app.store.now())
  }
  setInterval(tick, 500)
  const update = () => {
    tick()
    const factor = app.store.speed
    speed.textContent = factor === 0 ? 'paused' : factor === 1 ? '' : `${factor}×`
    speed.hidden = factor === 1
  }
  return { element, update }
}
