// Renders /ecs check: the most severe findings in full, as many as fit, and the others by their titles.

import { SEVERITIES, type Severity } from '../../kit/language/severity.ts'
import { context, cut, list, plain, richText, section } from '../../kit/messages/markup.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import type { Flaw, Sighting } from './check.ts'
import { type Checked, MOST_SERVICES } from './check-place.ts'

/** The maximum size of all blocks, in characters of JSON; see kit/messages/limits.ts. */
const MOST_CHARACTERS = 14_000
/** The findings that a phone shows; the button *More* shows the others. */
const MOST_WORST = 5
const MOST_SIGHTINGS = 5
const MOST_NOTES = 3

/** `isWhole`: all findings that fit, and the titles of the others. */
export const renderCheck = (checked: Checked, severity: Severity, isWhole = false): Rendered => {
  const { place, flaws } = checked
  const head = `*${place.name}*: ${countsOf(flaws, severity)}`
  const shown = fitting(isWhole ? flaws : flaws.slice(0, MOST_WORST))
  const rest = flaws.slice(shown.length)
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      context(extentOf(checked)),
      ...shown,
      ...(rest.length === 0 || !isWhole ? [] : [restOf(rest)]),
      ...(rest.length === 0 || isWhole ? [] : [context(`The ${shown.length} worst are shown; ${rest.length} more.`)]),
      ...notesOf(checked, isWhole ? rest : []).map(context),
      ...nextOf(checked, !isWhole && rest.length > 0),
    ],
  }
}

const countsOf = (flaws: readonly Flaw[], severity: Severity): string => {
  const counted = SEVERITIES.map(one => ({ one, count: flaws.filter(flaw => flaw.severity === one).length }))
  const words = counted.filter(({ count }) => count > 0).map(({ one, count }) => `${count} ${one}`)
  if (words.length === 0) return severity === 'low' ? 'no findings' : `no findings of severity ${severity} or worse`
  return `${flaws.length} ${flaws.length === 1 ? 'finding' : 'findings'}: ${words.join(', ')}`
}

const extentOf = ({ place: { scope }, services, clusters, before, left }: Checked): string => {
  const id = scope.accountId.replace(/^(\d{4})(\d{4})(\d{4})$/, '$1-$2-$3')
  if (scope.service !== undefined) return `${id} · checked: service, task definition, tasks, logs and cluster`
  const extent = `${id} · checked: ${counted(services, 'service')} in ${counted(clusters, 'cluster')}`
  if (before === 0 && left === 0) return extent
  const pages = Math.ceil((before + MOST_SERVICES + left) / MOST_SERVICES)
  return `${extent} · page ${before / MOST_SERVICES + 1} of ${pages}, by name`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

const fitting = (flaws: readonly Flaw[]): readonly Block[] => {
  const blocks: Block[] = []
  let room = MOST_CHARACTERS
  for (const flaw of flaws) {
    const block = blockOf(flaw)
    room -= JSON.stringify(block).length
    if (room < 0) break
    blocks.push(block)
  }
  return blocks
}

const blockOf = ({ id, severity, title, why, fix, sightings, conflicts }: Flaw): Block =>
  richText(
    section(`*${severity.toUpperCase()}*  ${title}  \`${id}\``),
    list([
      `Found: ${foundAt(sightings)}`,
      `Why it matters: ${why}`,
      `Fix: ${fix}`,
      ...conflicts.map(({ text, at }) => `*Conflict* ${namesOf(at)}${text}`),
    ]),
  )

const namesOf = (wheres: readonly string[]): string => {
  const shown = wheres.filter(where => where !== '').slice(0, MOST_SIGHTINGS)
  if (shown.length === 0) return ''
  const more = wheres.length - shown.length
  return `at ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}: `
}

const foundAt = (sightings: readonly Sighting[]): string => {
  const shown = sightings.slice(0, MOST_SIGHTINGS).map(({ where, what }) => {
    const words = cut(what.join(', '), 300)
    return where === '' ? words : `${where} (${words})`
  })
  const more = sightings.length - shown.length
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

const restOf = (flaws: readonly Flaw[]): Block =>
  richText(
    section('*Also found*'),
    list(flaws.map(({ id, severity, title, sightings }) => `${severity}  ${title}  \`${id}\`${times(sightings)}`)),
  )

const times = ({ length }: readonly Sighting[]): string => (length > 1 ? `  ×${length}` : '')

const nextOf = ({ left, next, more }: Checked, hasMore: boolean): readonly Block[] => {
  const offers = [
    ...(hasMore && more !== undefined ? [{ label: 'More', invocation: more }] : []),
    ...(next === undefined ? [] : [{ label: `Next ${Math.min(left, MOST_SERVICES)}`, invocation: next }]),
  ]
  return offers.length === 0 ? [] : [offerButtons(offers)]
}

const notesOf = ({ left, leftImages, crowded, unread }: Checked, rest: readonly Flaw[]): readonly string[] => [
  ...(rest.length === 0 ? [] : ['Some findings do not fit: filter with --severity, or check one cluster or service.']),
  ...(left === 0 ? [] : [leftNote(left)]),
  ...(leftImages === 0 ? [] : [`Scans of ${counted(leftImages, 'more image')} were not checked.`]),
  ...crowded.map(name => `Only the first 500 tasks in ${name} were checked.`).slice(0, MOST_NOTES),
  ...unread.slice(0, MOST_NOTES).map(text => `Unavailable: ${text}`),
  ...(unread.length > MOST_NOTES ? [`and ${unread.length - MOST_NOTES} more failed reads`] : []),
]

const leftNote = (left: number): string => `${counted(left, 'more service')} not checked, to limit calls to AWS.`
