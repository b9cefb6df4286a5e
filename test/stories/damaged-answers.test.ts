// While each command runs, each member of each answer of AWS is left out, emptied or replaced. Each answer to a person
// stays one: no throw, no silence, no text that a program wrote. `DAMAGE=all` runs every case, `DAMAGE=<text>` those whose
// name has the text; else every twelfth runs, and in a quick run every 240th.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isQuick } from '../seed.ts'
import { damaged, damagesOf, nameOf } from './damage.ts'
import { aStory, type StoryWorld } from './story-world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'
const LINES = [
  'status orders-api',
  `status ${CHECKOUT}`,
  'status recommendations',
  'tasks recommendations',
  'why recommendations',
  'events recommendations',
  'status storefront',
  'tasks orders-api',
  'deployments orders-api',
  'events orders-api',
  'logs orders-api --lines 3',
  `autoscale ${CHECKOUT}`,
  `autoscale forecast ${CHECKOUT}`,
  `capacity ${CHECKOUT}`,
  'check orders-api',
  `check ${CHECKOUT}`,
  `cost ${CHECKOUT}`,
  'why orders-api',
  'services',
  'gates',
  'leases',
  'scale orders-api 5 --dry-run',
  `scale ${CHECKOUT} 9 --dry-run`,
  `scale ${CHECKOUT} 9 --for 1h --dry-run`,
  'restart orders-api --dry-run',
  'rollback orders-api --dry-run',
  'deploy orders-api orders-api:6 --dry-run',
  'stop TASK --dry-run',
  'run orders-api --container app --dry-run -- true',
  'exec orders-api --container app --dry-run -- ps',
  'exec sessions',
  `autoscale suspend ${CHECKOUT} in --for 1h --dry-run`,
  `autoscale track ${CHECKOUT} cpu 60 --dry-run`,
  `autoscale schedule ${CHECKOUT} "weekdays 08:45" 20..40 --until 17:30 --dry-run`,
  `autoscale unschedule ${CHECKOUT} nothing --dry-run`,
  `capacity set ${CHECKOUT} FARGATE=1 --dry-run`,
] as const

const ASKED = process.env['DAMAGE']
const EVERY = isQuick ? 240 : 12

let world: StoryWorld
beforeAll(async () => {
  world = await aStory()
  // Thousands of commands in one minute of the story.
  const config = await world.publish(await readFile('quarterdeck.yaml', 'utf8'))
  Object.assign(config.budgets, { commandsPerMinute: 1_000_000 })
  world.clock.advance(60_000)
})
afterAll(() => world.stop())

/** What no message says. */
const WRONG: readonly (readonly [RegExp, string])[] = [
  [/\bundefined\b/, 'undefined'],
  [/\bNaN\b/, 'NaN'],
  [/\[object Object\]/, '[object Object]'],
  [/Invalid Date|\bInvalid time\b/, 'an invalid date'],
  [/\bnull\b/, 'null'],
  [/\bInfinity\b/, 'infinity'],
  [/TypeError|RangeError|Cannot read|is not iterable|is not a function/, 'an error of a program'],
  [/^[•*-]\s*$/m, 'an empty bullet'],
  [/``|\*\*|\(\)|\[\]/, 'an empty mark'],
  [/(?:^|[\s(])[·,;:]\s*[·,;:]|[·,;:]\s[·,;]|^\s*[·,;]|[·,;]\s*$/m, 'a stray separator'],
  [/ {2,}(?=[.,;:)])|\s[,;.](?=\s|$)/m, 'a gap before a separator'],
  [/\b1970\b|\b2199\b/, ''],
  [/Something went wrong|unexpected/i, 'an unexplained error'],
]

const complaintsAbout = (answer: string, plain: string): readonly string[] => {
  if (answer.trim() === '') return ['silence']
  return WRONG.filter(([form, what]) => what !== '' && form.test(answer) && !form.test(plain)).map(([, what]) => what)
}

/** Runs a line; `change` sees each answer of AWS. */
const run = async (line: string, change: (action: string, output: unknown) => unknown): Promise<string> => {
  const text = line.replace('TASK', [...world.service().tasks][0]?.id ?? '')
  world.aws.throttle.reset()
  world.aws.damage = change
  const logged = world.functions.logs.length
  try {
    const answer = await world.type(text)
    const errors = world.functions.logs
      .slice(logged)
      .filter(
        text =>
          /"level":"error"/i.test(text) && /TypeError|RangeError|Cannot read|Slack refused|invalid_blocks/.test(text),
      )
    return errors.length === 0 ? answer : `${answer}\n${errors.join('\n')}`
  } finally {
    world.aws.damage = undefined
  }
}

test.each(LINES)('%s', { timeout: 1_800_000 }, async line => {
  const answers = new Map<string, unknown[]>()
  const plain = await run(line, (action, output) => {
    answers.set(action, [...(answers.get(action) ?? []), output])
    return output
  })
  expect(complaintsAbout(plain, '')).toEqual([])
  const all = damagesOf(answers)
  const chosen =
    ASKED === undefined
      ? all.filter((_, nth) => nth % EVERY === LINES.indexOf(line) % EVERY)
      : all.filter(damage => ASKED === 'all' || nameOf(damage).includes(ASKED))
  const found: string[] = []
  for (const damage of chosen) {
    const answer = await run(line, (action, output) =>
      action === damage.action ? damaged(output, damage.path, damage.kind) : output,
    )
    const complaints = complaintsAbout(answer, plain)
    if (complaints.length > 0) found.push(`${nameOf(damage)}: ${complaints.join(', ')}\n${answer}`)
    if (complaints.length > 0 && ASKED !== undefined) process.stdout.write(`${line}: ${found.at(-1)}\n\n`)
  }
  expect(found).toEqual([])
})
