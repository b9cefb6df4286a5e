// The lines that one Slack message asked for. Each edit of a message that mentions the bot can be a request of its own;
// each request names the others, so that nobody takes a correction for a replacement.
import type { Ports } from '../../commands/ports.ts'
import { answeredKey, operationKey } from '../../engine/change/records.ts'
import { isRefusal, type Refusal } from '../../model/errors.ts'
import type { OperationJob, SettingJob } from '../../model/ports/job.ts'
import type { Key, Store } from '../../model/ports/store.ts'
import { keptLine } from './kept-line.ts'
import type { Proposal } from './proposal.ts'

type MentionJob = Pick<OperationJob | SettingJob, 'kind' | 'id' | 'line' | 'place' | 'mention'>
type Items = Pick<Store, 'get' | 'create' | 'replace'>
type KeptPorts = Pick<Ports, 'config' | 'now'> & { readonly store: Items }

/** `at`: when the line replaced another one, in whole seconds of Slack's clock; 0 for the first. */
type Line = { readonly id: string; readonly kind: MentionJob['kind']; readonly line: string; readonly at: number }
type Lines = { readonly lines: readonly Line[] }

const linesKey = (channel: string, ts: string): Key => operationKey(`mention ${channel} ${ts}`, 'lines')

/** Longer than ingress accepts edits. */
const KEPT_SECONDS = 2 * 86_400
const MAX_LINES = 5
const MAX_LINE_CHARACTERS = 200

/** A sentence for each other line of the job's message. Empty for jobs that no mention started. */
export const otherLines = async (job: MentionJob, ports: KeptPorts): Promise<readonly string[]> => {
  const { mention, place, kind, id } = job
  if (mention === undefined) return []
  const { store } = ports
  const line = await keptLine(job.line, ports)
  const at = Number(mention.editedAt ?? 0)
  const until = Math.floor(Date.parse(ports.now()) / 1000) + KEPT_SECONDS
  const lines = await keepLine(linesKey(place.channel, mention.ts), { id, kind, line, at }, store, until)
  const inOrder = lines.toSorted((a, b) => a.at - b.at)
  const own = inOrder.findIndex(one => one.id === id)
  const sentences = inOrder.map((one, index) =>
    index === own ? undefined : sentenceFor(one, index < own ? 'earlier' : 'later', store),
  )
  return (await Promise.all(sentences)).filter(sentence => sentence !== undefined)
}

/** Adds the sentences to a plan, or to the reason why there is none. */
export const withOtherLines = (proposed: Proposal | Refusal, sentences: readonly string[]): Proposal | Refusal => {
  if (sentences.length === 0) return proposed
  if (isRefusal(proposed)) return { ...proposed, hint: [proposed.hint ?? '', ...sentences].join(' ').trim() }
  const { plan } = proposed
  return { ...proposed, plan: { ...plan, warnings: [...(plan.warnings ?? []), ...sentences] } }
}

/** Returns all lines of the message, this one too. */
const keepLine = async (key: Key, line: Line, store: Items, until: number): Promise<readonly Line[]> => {
  const kept = await store.get<Lines>(key)
  const known = kept?.value.lines ?? []
  if (known.some(({ id }) => id === line.id)) return known
  const lines = [...known.filter((_, index) => index === 0 || known.length < MAX_LINES || index > 1), line]
  const isKept = await (kept === undefined
    ? store.create(key, { lines }, until)
    : store.replace(key, { lines }, kept.version, until))
  // Otherwise the line of another edit was kept in between.
  return isKept ? lines : keepLine(key, line, store, until)
}

const sentenceFor = async (other: Line, order: 'earlier' | 'later', store: Items): Promise<string> => {
  const text = other.line.replace(/[`\s]+/g, ' ').slice(0, MAX_LINE_CHARACTERS)
  const what = `The message was edited. Its ${order} line, \`${text}\`,`
  if (other.kind === 'setting') return `${what} is a request of its own: see its answer.`
  const isAnswered = (await store.get(answeredKey(other.id))) !== undefined
  return isAnswered ? `${what} was answered and changed nothing.` : `${what} is a request of its own: see its card.`
}
