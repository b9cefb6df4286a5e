// A story: the functions of src/ in this process, with a store in memory, the sandbox's Slack, ECS and clock, and the real
// durable SDK over the sandbox's engine. What only the wire shows — IAM, crashes, lost answers, versions, sessions,
// bundles — is for test/world.
import { readFile } from 'node:fs/promises'
import { RULES } from '../../infra/event-rules.ts'
import { createEventBridge } from '../../sandbox/aws/services/event-bridge.ts'
import { Durable } from '../../sandbox/lambda/durable/engine.ts'
import type { FunctionSpec } from '../../sandbox/lambda/functions.ts'
import { newSecrets } from '../../sandbox/lambda/warm.ts'
import { readManifest } from '../../sandbox/slack/manifest.ts'
import { createSlack } from '../../sandbox/slack/slack.ts'
import { createAutoscaling } from '../../sandbox/world/autoscaling/autoscaling.ts'
import { Clock } from '../../sandbox/world/clock.ts'
import { createFleet } from '../../sandbox/world/fleet.ts'
import { seedWorld } from '../../sandbox/world/seed.ts'
import { seedScaling } from '../../sandbox/world/seed-scaling.ts'
import { compileConfig } from '../../src/commands/compile-config.ts'
import type { Config } from '../../src/engine/rules/config.ts'
import { decodeConfig } from '../../src/engine/rules/published/decode-config.ts'
import type { AskOnCall } from '../../src/model/ports/on-call.ts'
import { recordGallery } from '../gallery/record.ts'
import { watchStory } from '../planted/watch-story.ts'
import { refusalOfAws } from '../sandbox/lambda/aws-validator.ts'
import { drive, HUB } from '../world/driving.ts'
import { createMemoryStore } from './memory-store.ts'
import { listen } from './slack-in-process.ts'
import { createStoryAws } from './story-aws.ts'
import { createStoryFunctions, type Handler } from './story-functions.ts'
import { createHandlers } from './story-handlers.ts'

export { HUB } from '../world/driving.ts'
export { textOf } from '../world/text-of.ts'

/** Most stories have the same configuration, which takes longer to compile than a short story. */
const published = new Map<string, string>()

const publishedOf = (yaml: string, clusters: readonly string[]): string => {
  const key = JSON.stringify([yaml, clusters])
  const known = published.get(key)
  if (known !== undefined) return known
  const compiled = compileConfig(yaml, { clusters })
  if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
  const text = JSON.stringify(compiled.config)
  published.set(key, text)
  return text
}

export type StoryWorld = Awaited<ReturnType<typeof aStory>>

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const START = Date.parse('2026-11-22T03:00:00Z')

const OPERATION: FunctionSpec = {
  ...{ name: 'quarterdeck-operation', file: '', env: () => ({}), timeoutMs: 900_000, durable: true },
  arn: `arn:aws:lambda:${HUB.region}:${HUB.account}:function:quarterdeck-operation`,
}

type Options = { readonly start?: number; readonly hasEvents?: boolean }

/** `start`: epoch milliseconds at which the story begins. `hasEvents`: the events of ECS are delivered. */
export const aStory = async ({ start = START, hasEvents = false }: Options = {}) => {
  const clock = new Clock({ start, speed: 0 })
  const fleet = createFleet({ clock, seed: 1 })
  const autoscaling = createAutoscaling(fleet)
  seedWorld(fleet)
  seedScaling(fleet, autoscaling)
  const aws = createStoryAws({ clock, fleet, autoscaling })
  const handlers = new Map<string, Handler>()
  const functions = createStoryFunctions(clock, handlers)
  const durable = new Durable(clock, { run: ({ name }, event) => functions.run(name, event) })
  const refused = watchCheckpoints(durable)
  const secrets = newSecrets()
  const slack = createSlack({
    clock,
    ...secrets,
    ...readManifest(),
    shortcuts: [{ name: 'Operate ECS', callbackId: 'operate' }],
    handler: async event => {
      const finished = await functions.run('quarterdeck-slack', event)
      if ('error' in finished) throw new Error(`${finished.error.errorType}: ${finished.error.errorMessage}`)
      return JSON.parse(finished.result)
    },
  })
  const { origin, close } = listen(slack.route)
  slack.origin = origin
  const store = createMemoryStore(() => clock.now())
  let config: Config
  const publish = async (yaml: string): Promise<Config> => {
    const decoded = decodeConfig(publishedOf(yaml, fleet.clusterNames()))
    if (decoded === undefined) throw new Error('the published configuration cannot be read')
    config = decoded
    return config
  }
  await publish(EXAMPLE)
  const world = {
    clock,
    fleet,
    aws,
    functions,
    durable,
    store,
    slack,
    secrets,
    operation: OPERATION,
    config: () => config,
    onCall: { ask: async () => [] } as { ask: AskOnCall },
  }
  for (const [name, handler] of createHandlers(world)) handlers.set(name, handler)

  const events = hasEvents
    ? createEventBridge(fleet, RULES, event => functions.invokeAsync('quarterdeck-events', event))
    : undefined
  const watched = watchStory(world)
  recordGallery(slack)

  const quiet = async (): Promise<void> => {
    do {
      await Promise.all([functions.idle(), slack.idle()])
      await new Promise(resolve => setImmediate(resolve))
    } while (functions.inFlight > 0)
  }
  return {
    ...{ clock, fleet, autoscaling, aws, slack, functions, durable, publish, quiet, events },
    onCall: world.onCall,
    ...drive({ slack, fleet, aws, quiet }, store),
    store: () => store,
    /** Leaps from one due moment to the next until `isTrue`; fails when the world has nothing left to do, or after `limitMs`. */
    until: async (isTrue: () => boolean, limitMs = 24 * 3_600_000): Promise<void> => {
      const end = clock.now() + limitMs
      for (;;) {
        await quiet()
        if (isTrue()) return
        const next = clock.next()
        if (next === undefined || next > end) throw new Error('the world came to rest before that was true')
        clock.advanceTo(next)
      }
    },
    /** What Scheduler does every few minutes, now. */
    recur: async (kind: 'index' | 'digest' | 'gates' | 'problems'): Promise<void> => {
      functions.invokeAsync('quarterdeck-schedule', { kind, operation: kind, number: 0 })
      await quiet()
    },
    stop: async (): Promise<void> => {
      clock.stop()
      aws.faults.clear()
      close()
      if (refused.length > 0)
        throw new Error(`AWS refuses checkpoints that the sandbox accepted:\n${refused.join('\n')}`)
      watched.demand()
    },
  }
}

/** Every checkpoint that the sandbox accepts is shown to AWS's own validator. */
const watchCheckpoints = (durable: Durable): readonly string[] => {
  const refused: string[] = []
  durable.hooks.onAccepted = (updates, known) => {
    const refusal = refusalOfAws(updates, known)
    if (refusal !== undefined) refused.push(`${refusal} ${JSON.stringify(updates)}`)
  }
  return refused
}
