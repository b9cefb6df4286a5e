// Avatars: a person's initials on a colour derived from the person's id.

import type { App } from './app.ts'
import { h, icon } from './dom.ts'
import { ANCHOR } from './icons.ts'

const COLOURS = 7

const hash = (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7)

const initials = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean)
  const [first = '?', second] = words
  return (second ? first.charAt(0) + second.charAt(0) : first.slice(0, 2)).toUpperCase()
}

export const avatar = (user: string, { store }: App, size: 'large' | 'small' | 'tiny' = 'large'): HTMLElement => {
  const name = store.nameOf(user)
  const isBot = user === store.snapshot?.bot.userId
  const people = store.people().findIndex(person => person.id === user)
  const colour = people >= 0 ? people % COLOURS : hash(user) % COLOURS
  const face = isBot ? icon(ANCHOR) : user === 'USLACKBOT' ? 'S' : initials(name)
  return h('span', { class: `avatar ${size} ${isBot ? 'bot' : `colour-${colour}`}`, 'aria-hidden': 'true' }, face)
}
