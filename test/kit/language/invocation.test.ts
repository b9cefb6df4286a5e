import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { declarations } from '../../../src/commands/declarations.ts'
import {
  type Invocation,
  parseFields,
  parseText,
  printFields,
  printInvocation,
  usage,
  withOption,
} from '../../../src/kit/language/invocation.ts'
import { splitWords } from '../../../src/kit/language/tokenise.ts'
import { isProblem } from '../../../src/model/errors.ts'
import { size } from '../../seed.ts'

const parse = (line: string) => parseText(line, declarations)
const problemOf = (line: string): string => {
  const parsed = parse(line)
  return isProblem(parsed) ? `${parsed.text} ${parsed.hint ?? ''}`.trim() : `no problem: ${JSON.stringify(parsed)}`
}
const valuesOf = (line: string) => {
  const parsed = parse(line)
  return isProblem(parsed) ? parsed.text : parsed.values
}

describe('what phones and people type', () => {
  test.each([
    'scale orders-api 6 --reason "it is slow"',
    'scale orders-api 6 —reason “it is slow”',
    'scale orders-api 6 –reason „it is slow”',
    'scale orders-api 6 —reason ‘it is slow’',
    'scale\u00a0orders-api\u00a06 --reason="it is slow"',
    '  SCALE   orders-api\t6 --reason “it is slow"  ',
    'scale --reason "it is slow" orders-api 6',
  ])('%j is the same command', line => {
    expect(valuesOf(line)).toEqual({
      service: { service: 'orders-api' },
      count: { kind: 'exactly', tasks: 6 },
      reason: 'it is slow',
    })
  })

  test('a minus sign from a phone is a minus', () => {
    for (const minus of ['-', '−', '–', '—'])
      expect(valuesOf(`scale orders-api ${minus}1`)).toMatchObject({ count: { kind: 'fewer', tasks: 1 } })
  })

  test('an apostrophe inside a quoted reason stays', () => {
    expect(valuesOf(`scale a 6 --reason 'it’s Bob's turn'`)).toMatchObject({ reason: "it’s Bob's turn" })
    expect(valuesOf(`scale a 6 --reason "a \\"quoted\\" word \\\\ there"`)).toMatchObject({
      reason: 'a "quoted" word \\ there',
    })
  })

  test('a full name, an ARN and a bare name are targets', () => {
    expect(valuesOf('status orders-api')).toEqual({ service: { service: 'orders-api' } })
    expect(valuesOf('status web/orders-api')).toEqual({ service: { cluster: 'web', service: 'orders-api' } })
    expect(valuesOf('status prod/web/orders-api')).toEqual({
      service: { account: 'prod', cluster: 'web', service: 'orders-api' },
    })
    expect(valuesOf('status prod.eu-west-1/web/orders-api')).toEqual({
      service: { account: 'prod', region: 'eu-west-1', cluster: 'web', service: 'orders-api' },
    })
    expect(valuesOf('status arn:aws:ecs:us-east-1:111122223333:service/web/orders-api')).toEqual({
      service: { account: '111122223333', region: 'us-east-1', cluster: 'web', service: 'orders-api' },
    })
  })

  test('nothing at all is a call for help, and --help explains one command', () => {
    expect(parse('')).toEqual({ command: 'help', values: {} })
    expect(parse('scale --help')).toEqual({ command: 'help', values: { command: 'scale' } })
  })

  test.each(['?', '-h', '--help', '—help', 'halp', 'HELP', 'help me please', '??', 'please'])(
    '%j asks for help',
    line => {
      expect(parse(line)).toMatchObject({ command: 'help' })
    },
  )

  test.each([
    ['help exec enable', 'exec enable'],
    ['help "exec enable"', 'exec enable'],
    ['exec enable ?', 'exec enable'],
    ['exec -h', 'exec'],
    ['scale orders-api 6 --help', 'scale'],
    ['halp autoscale', 'autoscale'],
    ['help skale', 'skale'],
  ])('%j asks for help about %s', (line, command) => {
    expect(parse(line)).toEqual({ command: 'help', values: { command } })
  })

  test('help in what a container runs, in a reason and in quotes is none', () => {
    expect(valuesOf('exec orders-api -- ls --help')).toMatchObject({ run: 'ls --help' })
    expect(parse('scale orders-api 6 --reason "?"')).toMatchObject({ command: 'scale' })
  })

  test.each([
    'please scale orders-api to 6',
    'scale orders-api to 6, please'.replace(',', ''),
    'Please, scale orders-api 6 thanks!',
  ])('%j scales to 6', line => {
    expect(parse(line)).toEqual({
      command: 'scale',
      values: { service: { service: 'orders-api' }, count: { kind: 'exactly', tasks: 6 } },
    })
  })

  test('a service that is named to, and a please in a reason, stay', () => {
    expect(valuesOf('status to')).toEqual({ service: { service: 'to' } })
    expect(valuesOf('scale orders-api 6 --reason "please"')).toMatchObject({ reason: 'please' })
  })

  test('follow alone is ten minutes, also before the service', () => {
    for (const line of ['logs orders-api --follow', 'logs --follow orders-api', 'logs orders-api --follow 10m'])
      expect(valuesOf(line)).toMatchObject({ follow: 10 })
    expect(problemOf('logs orders-api --follow 9')).toContain('9')
  })
})

describe('what is wrong is said, with what would be right', () => {
  test.each([
    ['scale', '`/ecs scale` needs <service>.'],
    ['scale orders-api', '`/ecs scale` needs <count>.'],
    [
      'scale orders-api banana',
      '`banana` is not a number of tasks. Write how many tasks: `6`, `+2`, `-1`, `x2` or `50%`.',
    ],
    ['scale orders-api 1e9', '`1e9` is not a number of tasks. Write how many tasks: `6`, `+2`, `-1`, `x2` or `50%`.'],
    ['scale orders-api 6 7', '`7` is one word too many. Sentences go between quotes.'],
    ['scal orders-api 6', '`scal` is not a command. Did you mean `/ecs scale`? `/ecs help` lists them all.'],
    ['zebra', '`zebra` is not a command. `/ecs help` lists them all.'],
    ['scale orders-api 6 --raeson x', '`/ecs scale` has no option `--raeson`. Did you mean `--reason`?'],
    ['status orders-api --loud', '`/ecs status` has no option `--loud`. It knows `--chart`, `--explain`, `--share`.'],
    ['scale orders-api 6 --reason', '`--reason` needs a value. For example `--reason "black friday"`.'],
    ['scale orders-api 6 --reason --dry-run', '`--reason` needs a value. For example `--reason "black friday"`.'],
    ['scale orders-api 6 --reason a --reason b', '`--reason` is given twice. Keep one of them.'],
    ['scale orders-api 6 --dry-run=yes', '`--dry-run` takes no value.'],
    [
      'scale orders-api 6 --reason "never closed',
      'The quote that opens at `"never closed` is never closed. Close it, or leave it out.',
    ],
    [
      'scale orders;rm 6',
      "`orders;rm` is not a service's name. Write `service`, `cluster/service`, or `account.region/cluster/service`.",
    ],
    [
      'scale a/b/c/d 6',
      "`a/b/c/d` is not a service's name. Write `service`, `cluster/service`, or `account.region/cluster/service`.",
    ],
    [
      'scale prod.mars/web/a 6',
      '`mars` is not a region. Write `service`, `cluster/service`, or `account.region/cluster/service`.',
    ],
    [
      'scale orders-api\u0007 6',
      'This command contains the control character U+0007 at character 17, after `orders-api`. Type it instead of pasting it.',
    ],
    [
      'scale \u202eipa-sredro 6',
      'This command contains the invisible character U+202E at character 7, after `scale`. Type it instead of pasting it.',
    ],
    [
      `scale orders-api 6 --reason "a${' '.repeat(9)}b"`,
      'This command contains 9 blanks in a row; at most 8 are allowed at character 31, after `a`. Type it instead of pasting it.',
    ],
    [
      'scale orders-api 6 --reason "a\nb\nc\n\nd"',
      'This command has 4 line breaks; at most 3 are allowed. Write it in fewer lines.',
    ],
    [
      `scale orders-api 6 --reason "${'x'.repeat(3000)}"`,
      'This command has 3,030 characters; at most 2,000 fit. Shorten it.',
    ],
    [`scale orders-api 6 --reason "${'x'.repeat(600)}"`, 'That text has 600 characters; at most 500 fit.'],
  ])('%j', (line, words) => {
    expect(problemOf(line)).toBe(words)
  })

  test('no line makes the parser throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), line => void parse(line)),
      { numRuns: size(1_000) },
    )
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('scale', 'orders-api', '6', '--reason', '"', '“', "'", '—', ' ', '\\', '=', '--', '\n'),
        ),
        parts => void parse(parts.join('')),
      ),
    )
  }, 30_000)
})

describe('canonical text', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/)
  const target = fc.oneof(
    fc.record({ service: name }),
    fc.record({ cluster: name, service: name }),
    fc.record({
      account: fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/),
      region: fc.constantFrom('us-east-1', 'eu-west-1'),
      cluster: name,
      service: name,
    }),
  )
  const count = fc.oneof(
    fc.record({ kind: fc.constant('exactly'), tasks: fc.nat(5000) }),
    fc.record({ kind: fc.constantFrom('more', 'fewer'), tasks: fc.integer({ min: 1, max: 5000 }) }),
    fc.record({ kind: fc.constant('percent'), percent: fc.integer({ min: 1, max: 99 }) }),
  )
  // What survives a round trip is what parsing itself would have given: trimmed, and free of hidden characters.
  const reason = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
    .map(text => text.trim())
    .filter(text => text !== '' && !isProblem(splitWords(text.replace(/["“”„‟«»'‘’‚‛\\]/g, ''))))
  /** Quotes of every kind, backslashes, dashes and blanks, which end words and begin options. */
  const hostile = fc
    .array(fc.constantFrom(...'"“”„‟«»\'‘’‚‛\\\\\\-—–−=` \n', '--', '--reason', '--for', '2h', 'a'), {
      minLength: 1,
      maxLength: 30,
    })
    .map(parts => parts.join('').trim())
    .filter(text => text !== '' && text.split('\n').length <= 4 && !/\s{9}/.test(text))

  test('says the same thing when it is parsed again', () => {
    const invocation = fc.record({
      command: fc.constant('scale'),
      values: fc.record(
        { service: target, count, reason: fc.oneof(reason, hostile), 'dry-run': fc.constant(true) },
        { requiredKeys: ['service', 'count'] },
      ),
    }) as fc.Arbitrary<Invocation>
    fc.assert(
      fc.property(invocation, given => {
        const line = printInvocation(given, declarations)
        expect(parse(line)).toEqual(given)
        expect(printInvocation(parse(line) as Invocation, declarations)).toBe(line)
      }),
      { numRuns: size(500) },
    )
  })

  test('an option that is added to a line is one value, and leaves a shell command alone', () => {
    const lines = [
      'scale prod.us-east-1/web/orders-api 6 --for 2h',
      'exec prod.us-east-1/web/orders-api --task 3f2a9c1d --container app --timeout 5m -- sh -c "echo --reason $HOME"',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...lines), fc.oneof(reason, hostile), (line, given) => {
        const before = parse(line) as Invocation
        const after = withOption(line, 'reason', given, declarations)
        expect(parse(String(after))).toEqual({ ...before, values: { ...before.values, reason: given } })
      }),
      { numRuns: size(500) },
    )
  })
})

test('a strategy takes all words up to the next option, and is printed without quotes', () => {
  const invocation = parse('capacity set prod.us-east-1/web/orders-api FARGATE=1:2 spot=3 --reason cheaper')
  expect(invocation).toMatchObject({
    command: 'capacity set',
    values: { strategy: { kind: 'providers', items: [{ provider: 'FARGATE' }, { provider: 'FARGATE_SPOT' }] } },
  })
  if (isProblem(invocation)) throw new Error(invocation.text)
  const printed = printInvocation(invocation, declarations)
  expect(printed).toMatch(/ fargate=1:2 spot=3 --reason /)
  expect(parse(printed)).toEqual(invocation)
})

test('usage lines are made from the declarations', () => {
  expect(declarations.map(usage)).toMatchInlineSnapshot(`
    [
      "/ecs services [--unhealthy] [--account <name>] [--cluster <name>] [--tag <key=value>] [--explain] [--share]",
      "/ecs status <service> [--chart] [--explain] [--share]",
      "/ecs tasks <service> [--explain] [--share]",
      "/ecs events <service> [--explain] [--share]",
      "/ecs deployments <service> [--explain] [--share]",
      "/ecs why <service> [--since <duration|time>] [--at <time>] [--all] [--chart] [--explain] [--share]",
      "/ecs logs <service|task|log group> [--since <duration|time>] [--around <time>] [--previous] [--follow <duration>] [--file] [--lines <count>] [--filter "…"] [--container <name>] [--task <task>] [--chart] [--explain] [--share]",
      "/ecs check <service|cluster|account> [--severity <critical|high|medium|low>] [--page <number>] [--more] [--explain] [--share]",
      "/ecs scale <service> <count> [--for <duration>] [--move-bounds] [--suspend] [--count-only] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs restart <service|cluster:name|team:name|tag:key=value|secret:arn> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs stop <service> [--task <task>] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs run <service> [--container <name>] [--reason "…"] [--dry-run] [--break-glass] [-- <command>]",
      "/ecs exec <service> [--container <name>] [--task <task>] [--interactive] [--for <duration>] [--all] [--keep-going] [--timeout <duration>] [--reason "…"] [--dry-run] [--break-glass] [-- <command>]",
      "/ecs exec enable <service> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs exec sessions [--account <name>] [--explain] [--share]",
      "/ecs exec terminate <service> <session> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs deploy <service> <image|tag|revision> [--container <name>] [--watch <duration>] [--alarm "…"] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs rollback <service> [--to <revision>] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs gates [--explain] [--share]",
      "/ecs gate continue <service> <hook> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs gate rollback <service> <hook> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs autoscale <service> [--explain] [--share]",
      "/ecs autoscale bounds <service> <min..max> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs autoscale suspend <service> [in|out|scheduled] [--for <duration>] [--permanent] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs autoscale resume <service> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs capacity <service> [--chart] [--explain] [--share]",
      "/ecs capacity set <service> <strategy> [--for <duration>] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs capacity escape <service|cluster:name|team:name|tag:key=value|secret:arn> [--for <duration>] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs capacity return <service|cluster:name|team:name|tag:key=value|secret:arn> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs capacity attach <service> <provider> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs cost [service|cluster|account] [--only <idle|rightsizing|spot|graviton>] [--tag <key=value>] [--page <number>] [--csv] [--chart] [--explain] [--share]",
      "/ecs cost compare <service> [--explain] [--share]",
      "/ecs cost apply <service> [--option <number>] [--cpu <cpu>] [--memory <memory>] [--containers <name=cpu:memory,…>] [--watch <duration>] [--alarm "…"] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs cost snooze <service|cluster|account> [--for <duration>] [--reason "…"]",
      "/ecs digest list",
      "/ecs digest preview <name> [--full] [--chart] [--explain] [--share]",
      "/ecs autoscale schedule <service> "<when>" <min..max> [--until <time>] [--zone <zone>] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs autoscale unschedule <service> <name> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs autoscale track <service> <cpu|memory|requests> <target> [--no-scale-in] [--scale-in] [--out-cooldown <seconds>] [--in-cooldown <seconds>] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs autoscale untrack <service> <policy|cpu|memory|requests> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs autoscale forecast <service> [--chart] [--explain] [--share]",
      "/ecs autoscale forecast create <service> <cpu|memory|requests> <target> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs autoscale forecast promote <service> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs autoscale forecast pause <service> [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs leases",
      "/ecs lease extend <service> <duration> [--lease <id>] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs lease keep <service> [--lease <id>] [--reason "…"] [--dry-run] [--break-glass]",
      "/ecs lock <service|cluster|account> [--reason "…"] [--for <duration>]",
      "/ecs unlock <service|cluster|account>",
      "/ecs halt [--reason "…"]",
      "/ecs resume",
      "/ecs here",
      "/ecs here set [service|cluster|account] [--favourites <service,…>]",
      "/ecs here clear",
      "/ecs subscriptions",
      "/ecs subscribe <service|cluster|tag:key=value> [kinds] [--min-severity <critical|high|medium|low>]",
      "/ecs unsubscribe <service|cluster|tag:key=value>",
      "/ecs snooze <id> [--for <duration>]",
      "/ecs incident open <service> "…" [--severity <critical|high|medium|low>] [--here]",
      "/ecs incident acknowledge [--service <service>]",
      "/ecs incident note "…" [--service <service>]",
      "/ecs incident mitigated [--service <service>]",
      "/ecs incident timeline [id] [--file]",
      "/ecs incident close "…" [--service <service>]",
      "/ecs audit <service|operation> [--more]",
      "/ecs whoami",
      "/ecs help [command]",
    ]
  `)
})

describe('the fields of a form', () => {
  const declared = (command: string) => {
    const declaration = declarations.find(({ name }) => name === command)
    if (declaration === undefined) throw new Error(`no ${command}`)
    return declaration
  }

  test('make the same invocation as the line with the same words, for every example of every command', () => {
    for (const declaration of declarations) {
      for (const example of declaration.examples) {
        const typed = parse(example)
        if (isProblem(typed) || typed.command !== declaration.name) continue
        const fields = printFields(typed, declarations)
        const filled = parseFields(declaration, fields)
        expect(filled).toEqual(typed)
        expect(parse(printInvocation(filled as Invocation, declarations))).toEqual(typed)
      }
    }
  })

  test('are all looked at, and each problem stands by its field', () => {
    expect(parseFields(declared('scale'), { count: 'many', for: 'ever' })).toMatchObject({
      problems: {
        service: { text: '`scale` needs this.' },
        count: { text: '`many` is not a number of tasks.' },
        for: { text: '`ever` is not a duration.' },
      },
    })
  })

  test('understand what phones type, and leave sentences as they are', () => {
    expect(parseFields(declared('scale'), { service: 'orders-api', count: '−1', reason: '—why “not”?' })).toEqual({
      command: 'scale',
      values: { service: { service: 'orders-api' }, count: { kind: 'fewer', tasks: 1 }, reason: '—why “not”?' },
    })
  })

  test('whatever is written there, the line says the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ maxLength: 10 }), (reason, service) => {
        const filled = parseFields(declared('restart'), { service: `a${service}`, reason })
        if ('problems' in filled) return
        const line = printInvocation(filled, declarations)
        const again = parse(line)
        if (!isProblem(again)) expect(again).toEqual(filled)
        else expect(again.text).toMatch(/^This command (contains|has)/)
      }),
      { numRuns: size(500) },
    )
  })
})
