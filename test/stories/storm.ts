// A storm of events against the events function and the teller, with a store in memory and a clock of its own.
import { compileConfig } from '../../src/commands/compile-config.ts'
import type { Config } from '../../src/engine/rules/config.ts'
import { receiveEvent } from '../../src/functions/events/receive-event.ts'
import { type TellerPorts, tellProblems } from '../../src/functions/schedule/problems/tell-problems.ts'
import type { Rendered } from '../../src/model/ports/message.ts'
import type { Posted, Slack } from '../../src/model/ports/slack.ts'
import { createMemoryStore, type MemoryStore } from './memory-store.ts'
import { aCrash, anOom, aStop, taskId } from './problem-events.ts'

type Storm = {
  readonly yaml: string
  readonly perSecond: number
  readonly seconds: number
  readonly services: number
}

const START = Date.parse('2026-11-22T03:00:00Z')

/** What Slack was asked for. */
export type Asked = {
  readonly at: number
  readonly method: 'post' | 'update'
  readonly channel: string
  readonly text: string
}

export const runStorm = async ({ yaml, perSecond, seconds, services }: Storm) => {
  const compiled = compileConfig(yaml, { clusters: [] })
  if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
  const config = JSON.parse(JSON.stringify(compiled.config)) as Config
  let at = START
  let sent = 0
  let reads = 0
  const memory = createMemoryStore(() => at)
  const calls = new Map<string, number>()
  const store = counted(memory, calls)
  const now = () => new Date(at).toISOString()
  const asked: Asked[] = []
  const ask = (method: Asked['method'], channel: string, { text }: Rendered) =>
    asked.push({ at, method, channel, text })
  const slack = {
    post: async (channel: string, message: Rendered): Promise<Posted> => {
      ask('post', channel, message)
      return { channel, ts: `${asked.length}` }
    },
    update: async ({ channel }: Posted, message: Rendered) => void ask('update', channel, message),
    find: async () => undefined,
    isActive: async () => true,
    members: async () => [],
  } as unknown as Slack
  let called = 0
  const events = {
    ...{ store, now },
    startOperation: async () => undefined,
    lookAtGate: async () => undefined,
    tellProblems: async () => {
      called += 1
    },
  }
  const deliver = async (ms: number): Promise<void> => {
    const due = Math.min(seconds * perSecond, Math.round(((at + ms - START) / 1_000) * perSecond))
    while (sent < due) {
      const event = anEvent(sent, at + (sent % 1_000), services)
      await receiveEvent(event, events)
      // Every third event arrives twice.
      if (sent % 3 === 0) await receiveEvent(event, events)
      sent += 1
    }
    at += ms
  }
  const ports: TellerPorts = {
    ...{ store, now },
    config: async () => config,
    slack: async () => slack,
    readers: () => {
      reads += 1
      return { logTask: async () => undefined, service: async () => undefined, deployments: async () => [] } as never
    },
    schedule: async () => undefined,
    pause: deliver,
  }
  await deliver(1_000)
  for (let run = 0; run < 4; run += 1) await tellProblems(ports)
  return { asked, store, sent, config, called: () => called, now, reads: () => reads, calls }
}

/** Counts the calls of the store by their kind. */
const counted = (store: MemoryStore, calls: Map<string, number>): MemoryStore =>
  new Proxy(store, {
    get: (target, name) => {
      calls.set(String(name), (calls.get(String(name)) ?? 0) + 1)
      return Reflect.get(target, name)
    },
  })

const REGISTRIES = ['ghcr.io', 'quay.io']

/** Tasks of many services: out of memory, crashes, pulls of two registries, and Spot. */
const anEvent = (number: number, at: number, services: number) => {
  const name = number % services
  const stop = { id: taskId(number + 1), at, service: `fleet/service-${name}` }
  switch (name % 5) {
    case 0:
      return anOom(stop)
    case 1:
      return aStop({ ...stop, code: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' })
    case 2: {
      const image = `${REGISTRIES[name % 2]}/acme/app:1`
      const reason = `CannotPullContainerError: failed to resolve ref ${image}: 429 Too Many Requests: toomanyrequests`
      return aStop({ ...stop, code: 'TaskFailedToStart', reason })
    }
    default:
      return aCrash(stop)
  }
}
