// Text from outside passes one door before it reaches Slack, the store or an operation's history.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { redactReaders } from '../../../src/features/logs/redact-readers.ts'
import { receiveEvent } from '../../../src/functions/events/receive-event.ts'
import { createRedactedStreams } from '../../../src/functions/follow/redacted-streams.ts'
import { createOutputBuffer } from '../../../src/functions/operation/exec/output-buffer.ts'
import { translate } from '../../../src/gateways/aws/translate.ts'
import { redactFields } from '../../../src/kit/redact/free-text.ts'
import { ownPatterns } from '../../../src/kit/redact/patterns.ts'
import { redactLines } from '../../../src/kit/redact/stream.ts'
import { HIDDEN_LINES } from '../../fixtures/redaction/hidden.ts'
import { SHOWN_LINES } from '../../fixtures/redaction/shown.ts'
import { PLAIN } from '../../fixtures/redaction/tokens.ts'

const [secret = ''] = PLAIN
const text = `login failed for password=${secret}`
const sources = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => ({ path: `${folder}/${path}`, code: readFileSync(`${folder}/${path}`, 'utf8') }))

/** Where text from outside enters, and what each place must call. */
const PLACES: Readonly<Record<string, readonly [file: string, call: RegExp]>> = {
  'answers of AWS': [
    'src/gateways/aws/readers.ts',
    /return redactReaders\(readers, redactionOptions\(\{ config \}\)\)/,
  ],
  'errors of AWS': ['src/gateways/aws/translate.ts', /redact\(fault\.message\)/],
  'events of AWS': ['src/functions/events/receive-event.ts', /redactFields\(received\)/],
  'reasons of changes, locks and halts': ['src/functions/prepare/kept-line.ts', /redactText\(value/],
  'reasons of rejections': ['src/functions/decision/decide.ts', /redactText\(reason/],
  questions: ['src/functions/decision/ask-requester.ts', /redactText\(question/],
  'lines of /ecs logs': ['src/features/logs/load-logs.ts', /readEntries\(lines, redactionOptions\(asker\)\)/],
  'lines of a follow': ['src/functions/follow/store-lines.ts', /readEach\(lines, streams\.redact\)/],
  'the file of a follow': ['src/functions/follow/transcript.ts', /redactionOptions\(\{ config \}\)/],
  'output of commands': ['src/functions/operation/exec/run-in-task.ts', /createOutputBuffer\(hiding\)/],
  'logs of a task': ['src/functions/operation/task-logs.ts', /createOutputBuffer\(redactionOptions\(\{ config \}\)\)/],
  'typed commands': ['src/features/exec/allowed-command.ts', /redact\(text, hiding\)/],
}

test.each(Object.entries(PLACES))('%s', (_, [file, call]) => {
  expect(readFileSync(file, 'utf8')).toMatch(call)
})

test('what events left in the store is shown through one door, which knows the configuration’s own patterns', () => {
  const kept = /store\.list<(?:StoppedTask|Signal|Notice|ServiceState)>\(/
  const readers = sources('src').filter(({ code }) => kept.test(code))
  // The first counts, the second is hidden in views.ts, the others read kinds and times.
  expect(readers.map(({ path }) => path).toSorted()).toEqual([
    'src/features/capacity/load-capacity.ts',
    'src/features/incidents/problems/load-seen.ts',
    'src/functions/schedule/lost-gates.ts',
    'src/functions/schedule/problems/steady.ts',
  ])
  const views = readFileSync('src/functions/schedule/problems/views.ts', 'utf8')
  expect(views).toMatch(/problem: redactKept\(view\.problem, board\)/)
})

test('nothing else reads log lines or output', () => {
  const readers = sources('src').filter(
    ({ path, code }) => /\.logLines\(|\.liveTail\(|onOutput/.test(code) && !path.includes('/gateways/'),
  )
  expect(readers.map(({ path }) => path).toSorted()).toEqual([
    'src/features/incidents/problems/failed-logs.ts',
    'src/features/logs/load-logs.ts',
    'src/features/logs/load-service-logs.ts',
    'src/features/logs/log-groups.ts',
    'src/functions/follow/collector.ts',
    'src/functions/follow/live-tail.ts',
    'src/functions/follow/transcript.ts',
    'src/functions/operation/exec/run-in-task.ts',
    'src/functions/operation/task-logs.ts',
    'src/kit/session/run.ts',
  ])
})

test('errors of AWS are translated, and so redacted, in one place', () => {
  expect(translate(new Error(text), 'reading').message).not.toContain(secret)
})

test('readers hide free text at any depth, and leave names, lines and definitions', async () => {
  const task = { id: secret, reason: text, containers: [{ name: 'app', reason: text }], events: [{ message: text }] }
  const read = redactReaders(
    { task: async () => task, logLines: async () => text, tasks: async () => new Map([['a', { cause: 'CUST-17' }]]) },
    { own: ownPatterns(['CUST-[0-9]+']) },
  )
  expect(await read.task()).toEqual({
    id: secret,
    reason: 'login failed for password=‹hidden›',
    containers: [{ name: 'app', reason: 'login failed for password=‹hidden›' }],
    events: [{ message: 'login failed for password=‹hidden›' }],
  })
  expect(await read.logLines()).toBe(text)
  expect((await read.tasks()).get('a')).toEqual({ cause: '‹hidden›' })
  const clean = { reason: 'steady state', at: new Date(0) }
  expect(redactFields(clean)).toBe(clean)
})

test('an event is redacted before it is stored', async () => {
  const stored: unknown[] = []
  const store = {
    create: async (...args: readonly unknown[]) => stored.push(args),
    replace: async (...args: readonly unknown[]) => stored.push(args),
    get: async () => undefined,
  }
  const event = {
    source: 'aws.ecs',
    account: '111122223333',
    region: 'us-east-1',
    time: '2026-09-21T10:00:00Z',
    'detail-type': 'ECS Task State Change',
    detail: {
      clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
      taskArn: 'arn:aws:ecs:us-east-1:111122223333:task/web/0123456789abcdef0123456789abcdef',
      group: 'service:orders',
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stoppedAt: '2026-09-21T10:00:00Z',
      stoppedReason: text,
      containers: [{ name: 'app', exitCode: 1, reason: text }],
    },
  }
  await receiveEvent(event, {
    store,
    now: () => '2026-09-21T10:00:01Z',
    startOperation: async () => {},
    lookAtGate: async () => {},
    tellProblems: async () => {},
  } as never)
  expect(stored.length).toBeGreaterThan(0)
  expect(JSON.stringify(stored)).not.toContain(secret)
})

test('logs, a follow and exec show the same of the same bytes', () => {
  const lines = [
    ...HIDDEN_LINES.flatMap(({ line }) => line.split('\n')),
    ...SHOWN_LINES.map(({ line }) => line),
    'INFO end',
  ]
  const logs = redactLines(lines).lines
  const output = createOutputBuffer({})
  const bytes = `${lines.join('\n')}\n`
  for (let at = 0; at < bytes.length; at += 997) output.add(bytes.slice(at, at + 997))
  expect(output.all().lines).toEqual(logs)
  // The line buffer gives a follow whole blocks; a holder that takes over reads the shown lines again.
  const first = createRedactedStreams({})
  const second = createRedactedStreams({})
  const half = lines.indexOf('INFO end') - 50
  const shown = [...first.redact('s', lines.slice(0, half)).lines]
  second.addRepeated(lines.slice(0, half).map(message => ({ at: 1, stream: 's', message, id: '' })))
  shown.push(...second.redact('s', lines.slice(half)).lines)
  expect(shown).toEqual(logs)
})
