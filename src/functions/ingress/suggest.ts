// Picker options for a typed text: services of the index that the user may see, the best matches first.

import { hash } from 'node:crypto'
import type { ExecRules } from '../../engine/rules/config.ts'
import { editDistance, fullName } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Option } from './render-builder.ts'

/** Slack's limits: at most 100 options, with texts of 75 characters and values of 150. */
const MAX_OPTIONS = 100
const MAX_LABEL = 75
const MAX_VALUE = 150

type Entry = { readonly ref: ServiceRef; readonly name: string; readonly full: string }

export type Searchable = readonly Entry[]

/** Prepares an index for searching: sorted, and in lower case. This is done once for each index. */
export const searchable = (refs: readonly ServiceRef[]): Searchable =>
  refs
    .map(ref => ({ ref, name: ref.service.toLowerCase(), full: fullName(ref).toLowerCase() }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.full < b.full ? -1 : 1))

/** The rank of a match; a lower rank is better. Undefined if the name does not match. */
const rankOf = ({ name, full }: Entry, typed: string): number | undefined => {
  if (typed === '' || name === typed) return 0
  const at = name.indexOf(typed)
  if (at === 0) return 1
  if (at > 0) return /[a-z0-9]/.test(name.charAt(at - 1)) ? 3 : 2
  return full.includes(typed) ? 4 : undefined
}

const RANKS = [0, 1, 2, 3, 4] as const

/** The picker options. `isPreferred`: services that come first among equal matches. */
export const suggest = (
  entries: Searchable,
  text: string,
  maySee: (ref: ServiceRef) => boolean,
  isPreferred: (ref: ServiceRef) => boolean = () => false,
): readonly Option[] => {
  const typed = text.trim().toLowerCase().slice(0, MAX_VALUE)
  const ranked = RANKS.map((): Entry[] => [])
  for (const entry of entries) ranked[rankOf(entry, typed) ?? RANKS.length]?.push(entry)
  const likeliest = ranked.map(same => [
    ...same.filter(({ ref }) => isPreferred(ref)),
    ...same.filter(({ ref }) => !isPreferred(ref)),
  ])
  const found: Option[] = []
  for (const { ref } of likeliest.some(same => same.length > 0) ? likeliest.flat() : similar(entries, typed)) {
    if (found.length === MAX_OPTIONS) break
    if (maySee(ref)) found.push(optionOf(ref))
  }
  return found
}

/** Picker options for a place: the matching accounts and clusters, then the services. */
export const suggestPlaces = (
  entries: Searchable,
  text: string,
  maySee: (ref: ServiceRef) => boolean,
  isPreferred: (ref: ServiceRef) => boolean = () => false,
): readonly Option[] => {
  const typed = text.trim().toLowerCase().slice(0, MAX_VALUE)
  const places = [
    ...placesOf(entries, ({ account }) => account),
    ...placesOf(entries, ({ account, region, cluster }) => `${account}.${region}/${cluster}`),
  ]
    .filter(([name, refs]) => name.toLowerCase().includes(typed) && name.length <= MAX_VALUE && refs.some(maySee))
    .map(([name]) => option(name, name))
  return [...places, ...suggest(entries, text, maySee, isPreferred)].slice(0, MAX_OPTIONS)
}

/** The places by name, in order. Each has its services. */
const placesOf = (
  entries: Searchable,
  nameOf: (ref: ServiceRef) => string,
): readonly (readonly [string, readonly ServiceRef[]])[] => {
  const places = new Map<string, ServiceRef[]>()
  for (const { ref } of entries) {
    const name = nameOf(ref)
    const known = places.get(name)
    if (known === undefined) places.set(name, [ref])
    else known.push(ref)
  }
  return [...places].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

const MAX_COMPARED = 1_000
const MIN_LENGTH = 4

/** The names of similar length with the same first letter that differ by at most two typing errors. */
const similar = (entries: Searchable, typed: string): readonly Entry[] => {
  if (typed.length < MIN_LENGTH) return []
  const isAlike = ({ name }: Entry) => name[0] === typed[0] && Math.abs(name.length - typed.length) <= 2
  return entries
    .filter(isAlike)
    .slice(0, MAX_COMPARED)
    .filter(({ name }) => editDistance(name, typed) <= 2)
}

export const optionOf = (ref: ServiceRef): Option => {
  const name = fullName(ref)
  return option(name, name.length <= MAX_VALUE ? name : shortValue(ref))
}

const option = (name: string, value: string): Option => {
  const text = name.length <= MAX_LABEL ? name : `…${name.slice(1 - MAX_LABEL)}`
  return { text: { type: 'plain_text', text, emoji: false }, value }
}

/** A short option value for a name that is longer than Slack allows. */
const shortValue = ({ arn }: ServiceRef): string => `#${hash('sha256', arn).slice(0, 40)}`

/** The full name that belongs to the value of a picker option. */
export const chosen = (value: string, entries: Searchable): string => {
  const entry = value.startsWith('#') ? entries.find(({ ref }) => shortValue(ref) === value) : undefined
  return entry === undefined ? value : fullName(entry.ref)
}

/** Picker options for the configured commands, one for each value of their parameters. */
export const suggestCommands = (text: string, { commands }: ExecRules): readonly Option[] =>
  Object.entries(commands)
    .flatMap(([name, { parameters }]) =>
      Object.entries(parameters).reduce<readonly string[]>(
        (lines, [parameter, values]) => lines.flatMap(line => values.map(value => `${line} ${parameter}=${value}`)),
        [name],
      ),
    )
    .filter(line => line.includes(text.trim().toLowerCase()) && line.length <= 75)
    .slice(0, MAX_OPTIONS)
    .map(line => ({ text: { type: 'plain_text', text: line, emoji: false }, value: line }))
