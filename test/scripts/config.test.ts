// `npm run config`: the configuration's own problems, and with `--check` what Slack knows, against the sandbox's Slack.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { aChannel, aUser, BOT } from '../../sandbox/slack/seed.ts'
import { runConfig } from '../../scripts/config/run-config.ts'
import { serveSlack, TOKEN } from '../sandbox/slack/serve.ts'

const EXAMPLE = readFileSync('quarterdeck.yaml', 'utf8')
const folder = mkdtempSync(`${tmpdir()}/config-`)

const fileWith = (...changes: readonly (readonly [string, string])[]): string => {
  const file = `${folder}/quarterdeck.yaml`
  const text = changes.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`the example has no ${from}`)
    return before.replace(from, to)
  }, EXAMPLE)
  writeFileSync(file, text)
  return file
}

const lineIn = (file: string, word: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .findIndex(line => line.includes(word)) + 1

const run = async (args: readonly string[], env: NodeJS.ProcessEnv = {}, sleep = async (_: number) => {}) => {
  const out: string[] = []
  const log: string[] = []
  const code = await runConfig(args, { env, sleep, out: line => out.push(line), log: line => log.push(line) })
  return { code, out, log }
}

const aSlack = async () => {
  const served = await serveSlack()
  const env = { SLACK_BOT_TOKEN: TOKEN, SLACK_API_URL: `${served.slack.origin}/api/` }
  return {
    ...served,
    check: (file = 'quarterdeck.yaml', sleep?: (ms: number) => Promise<void>) => run([file, '--check'], env, sleep),
  }
}

test('a file without problems: its version, and exit code 0', async () => {
  expect(await run([])).toMatchObject({
    code: 0,
    out: [expect.stringMatching(/^quarterdeck.yaml: no problems; version \w{12}$/)],
  })
})

test('the script prints each problem with its file and line, and exits with 1', async () => {
  const file = fileWith(['approvers: [S0OPS]', 'approvers: []'])
  const ran = promisify(execFile)(process.execPath, ['scripts/config.ts', file])
  await expect(ran).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`${file}:${lineIn(file, 'approvers: []')} approvals.1.approvers names nobody`),
  })
})

test('a file that is not there, and a check without a token, are problems', async () => {
  expect(await run(['nowhere.yaml'])).toMatchObject({ code: 1, out: [expect.stringContaining('nowhere.yaml')] })
  expect(await run(['--check'])).toMatchObject({ code: 1, out: [expect.stringContaining('SLACK_BOT_TOKEN')] })
})

test('a wrong token is a problem, and is not printed', async () => {
  const { slack } = await aSlack()
  const env = { SLACK_BOT_TOKEN: 'xoxb-wrong', SLACK_API_URL: `${slack.origin}/api/` }
  const { code, out, log } = await run(['--check'], env)
  expect([code, out]).toEqual([1, ['reading the workspace: Slack answered invalid_auth']])
  expect([...out, ...log].join('\n')).not.toContain('xoxb-wrong')
})

test('the example and the workspace of the sandbox agree', async () => {
  const { check } = await aSlack()
  expect(await check()).toMatchObject({ code: 0, out: [expect.stringContaining('no problems')] })
})

test('another workspace than that of the token', async () => {
  const { check } = await aSlack()
  const file = fileWith(['team: T0QUARTER', 'team: T0OTHER'])
  const { code, out } = await check(file)
  expect(code).toBe(1)
  expect(out).toContain(
    `${file}:${lineIn(file, 'team: T0OTHER')} team: T0OTHER is not the workspace of the bot token, which is T0QUARTER`,
  )
})

test('user groups that do not exist, or are disabled', async () => {
  const { check, workspace } = await aSlack()
  workspace.groups.set('S0OLD', { id: 'S0OLD', handle: 'old', name: 'Old', users: ['U0REQUEST'], disabled: true })
  const file = fileWith(['permanent: [S0OPS]', 'permanent: [S0OLD]'], ['onCall: [S0ONCALL]', 'onCall: [S0NONE]'])
  expect(await check(file)).toMatchObject({
    code: 1,
    out: [
      `${file}:${lineIn(file, '[S0OLD]')} leases.permanent: S0OLD is a disabled user group`,
      `${file}:${lineIn(file, '[S0NONE]')} onCall: S0NONE is not a user group of this workspace`,
    ],
  })
})

test('people who do not exist, are deactivated, are bots, or belong to another workspace', async () => {
  const { check, workspace } = await aSlack()
  workspace.putUser(aUser({ id: 'U0GONE', displayName: 'Gone', deleted: true }))
  workspace.putUser(aUser({ id: 'U0PARTNER', displayName: 'Partner', teamId: 'T0PARTNER' }))
  const people = ['U0NONE', 'U0GONE', BOT.userId, 'U0PARTNER'].map((id, at) => `  ${id}: p${at}@example.com\n`).join('')
  const file = fileWith(['  U0SECOND:', `${people}  U0SECOND:`], ['onCall: [S0ONCALL]', 'onCall: [S0ONCALL, U0GONE]'])
  expect(await check(file)).toMatchObject({
    code: 1,
    out: [
      `${file}:${lineIn(file, '  U0NONE')} people: U0NONE is not a user that Slack shows`,
      `${file}:${lineIn(file, '  U0GONE')} people: U0GONE is deactivated`,
      `${file}:${lineIn(file, '  U0QUARTERBOT')} people: U0QUARTERBOT is a bot, not a person`,
      `${file}:${lineIn(file, '  U0PARTNER')} people: U0PARTNER does not belong to the workspace T0QUARTER`,
      `${file}:${lineIn(file, 'onCall')} onCall: U0GONE is deactivated`,
    ],
  })
})

test('channels that do not exist, are archived, or that the bot is not in', async () => {
  const { check, workspace } = await aSlack()
  workspace.putChannel(aChannel({ id: 'C0OLD', name: 'old', archived: true, members: [BOT.userId] }))
  const file = fileWith(
    ['    channel: C0APPROVALS', '    channel: C0NONE'],
    ['  channel: C0OPS', '  channel: C0OLD'],
    ['trusted: []', 'trusted: [C0RANDOM]'],
  )
  expect(await check(file)).toMatchObject({
    code: 1,
    out: [
      `${file}:${lineIn(file, 'C0NONE')} approvals.1.channel: C0NONE is not a channel that the bot can see`,
      `${file}:${lineIn(file, 'C0RANDOM')} sharing.trusted.0: C0RANDOM is a channel that the bot is not a member of: invite it to #random`,
      `${file}:${lineIn(file, 'C0OLD')} digests.0.channel: C0OLD is an archived channel`,
    ],
  })
})

test('channels where others read along: a problem where cards are posted, a notice elsewhere', async () => {
  const { check, workspace } = await aSlack()
  workspace.putUser(aUser({ id: 'U0GUEST', displayName: 'Guest', isGuest: true }))
  const channel = (id: string, more: object) =>
    workspace.putChannel(aChannel({ id, name: id.slice(2).toLowerCase(), members: [BOT.userId], ...more }))
  channel('C0PARTNERS', { shared: true, kind: 'private' })
  channel('C0ALL', { members: [BOT.userId, ...Array.from({ length: 80 }, () => 'U0SECOND')] })
  channel('C0TRUSTED', { members: [BOT.userId, 'U0GUEST'] })
  const ops = workspace.channels.get('C0OPS')
  if (ops) workspace.putChannel({ ...ops, members: [...ops.members, 'U0GUEST'] })
  const file = fileWith(['trusted: []', 'trusted: [C0TRUSTED]'])
  const { code, out } = await check(file)
  expect(code).toBe(1)
  expect(out.toSorted()).toEqual(
    [
      'C0PARTNERS: #partners is shared with another company, or such a connection is pending: `--share` is refused there',
      'C0ALL: #all has too many members to check for guests: `--share` is refused there',
      `${file}:${lineIn(file, 'C0TRUSTED')} sharing.trusted.0: C0TRUSTED: #trusted has guests as members: \`sharing.trusted\` allows \`--share\` there`,
      `${file}:${lineIn(file, '  channel: C0OPS')} digests.0.channel: C0OPS: #ops has guests as members: its digest shows one line without details there`,
    ].toSorted(),
  )
})

test('a notice alone does not fail the check', async () => {
  const { check, workspace } = await aSlack()
  workspace.putChannel(aChannel({ id: 'C0PARTNERS', name: 'partners', shared: true, members: [BOT.userId] }))
  expect(await check()).toMatchObject({ code: 0, out: [expect.stringContaining('C0PARTNERS'), expect.anything()] })
})

test('all channels of the bot are read, page by page, and nobody is asked about twice', async () => {
  const { check, slack, workspace } = await aSlack()
  for (let at = 0; at < 450; at += 1)
    workspace.putChannel(aChannel({ id: `C0N${at}`, name: `n${at}`, shared: true, members: [BOT.userId] }))
  workspace.putChannel(aChannel({ id: 'C0MORE', name: 'more', members: ['U0APPROVE', BOT.userId] }))
  const { out, log } = await check('quarterdeck.yaml', async ms => void slack.clock.advance(ms))
  expect(out.filter(line => line.includes('another company'))).toHaveLength(450)
  expect(slack.calls.filter(({ method }) => method === 'users.conversations')).toHaveLength(3)
  const asked = slack.calls.flatMap(({ method, args }) => (method === 'users.info' ? [args['user']] : []))
  expect(asked).toEqual([...new Set(asked)])
  // conversations.info: 50 a minute.
  expect(log.filter(line => line.startsWith('Slack limits conversations.info')).length).toBeGreaterThan(300)
})

test('a rate limit is waited for as long as Slack says, and progress says so', async () => {
  const { check, slack } = await aSlack()
  slack.faults.add({ method: 'users.info', effect: { kind: 'ratelimited', retryAfter: 17 } })
  slack.faults.add({ method: 'usergroups.list', effect: { kind: 'ratelimited', retryAfter: 3 }, times: 2 })
  const waits: number[] = []
  const { code, log } = await check('quarterdeck.yaml', async ms => void waits.push(ms))
  expect([code, waits]).toEqual([0, [3_000, 3_000, 17_000]])
  expect(log).toContain('Slack limits users.info: waiting for 17 s')
})
