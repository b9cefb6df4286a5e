// The same command in many tasks: in waves, a session each, and no wave after one that failed, unless that was asked for.
import type { Outcome } from '../messages/card.ts'
import type { ExecCall } from '../plan.ts'
import type { Story } from '../story.ts'
import { converse } from './converse.ts'

/** At once: each holds a socket and a process's worth of output. */
const WAVE = 5

type Ended = { readonly call: ExecCall; readonly outcome: Outcome }

export const converseAll = async (calls: readonly ExecCall[], name: string, story: Story): Promise<Outcome> => {
  const [only, another] = calls
  if (only !== undefined && another === undefined) return converse(only, name, story)
  const ended: Ended[] = []
  for (let at = 0; at < calls.length; at += WAVE) {
    if (ended.some(isBad) && !isToGoOn(story)) break
    // An invocation of its own, so that each has all of its time.
    if (at > 0) await story.ctx.wait(`${name}: before ${at + 1}`, { seconds: 1 })
    ended.push(...(await wave(calls.slice(at, at + WAVE), `${name} ${at + 1}`, story)))
  }
  return together(calls, ended)
}

const wave = async (calls: readonly ExecCall[], name: string, story: Story): Promise<readonly Ended[]> => {
  const results = await story.ctx.parallel<Outcome>(
    name,
    calls.map(call => ({ name: taskOf(call), func: ctx => converse(call, 'run', { ...story, ctx }) })),
  )
  return calls.map((call, at) => ({ call, outcome: results.all[at]?.result ?? LOST }))
}

const LOST: Outcome = { status: 'unknown', text: 'How it ended is not known.' }

const isBad = ({ outcome }: Ended): boolean => outcome.status !== 'done'
const isToGoOn = ({ face }: Story): boolean => / --keep-going\b/.test(face.plan.invocation.split(' -- ')[0] ?? '')
const taskOf = ({ input }: ExecCall): string => String(input['task']).split('/').at(-1)?.slice(0, 8) ?? ''

/** One table of results; what is not done decides. */
const together = (calls: readonly ExecCall[], ended: readonly Ended[]): Outcome => {
  const bad = ended.filter(isBad)
  const left = calls.slice(ended.length)
  const status = bad.some(({ outcome }) => outcome.status === 'unknown')
    ? 'unknown'
    : bad.length > 0
      ? 'failed'
      : 'done'
  const hashes = ended.flatMap(({ outcome }) => outcome.sessions ?? [])
  return {
    status,
    text: `${ended.length - bad.length} of ${calls.length} ended with status 0.`,
    details: [
      ...ended.map(({ call, outcome }) => `\`${taskOf(call)}\`: ${outcome.text}`),
      ...(left.length === 0 ? [] : [`Not begun, because another had failed: ${left.map(taskOf).join(', ')}`]),
    ],
    sessions: hashes,
  }
}
