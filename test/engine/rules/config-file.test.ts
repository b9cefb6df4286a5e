import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import { type Config, groupsOf } from '../../../src/engine/rules/config.ts'
import { decodeConfig } from '../../../src/engine/rules/published/decode-config.ts'

const EXAMPLE = readFileSync('quarterdeck.yaml', 'utf8')

const problemsOf = (yaml: string): readonly string[] => {
  const compiled = compileConfig(yaml)
  return 'problems' in compiled ? compiled.problems : []
}
const configOf = (yaml: string): Config => {
  const compiled = compileConfig(yaml)
  if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
  return compiled.config
}

test('the example compiles, to plain JSON that says its version', () => {
  const config = configOf(EXAMPLE)
  expect(JSON.parse(JSON.stringify(config))).toEqual(config)
  expect(config.version).toMatch(/^[0-9a-f]{12}$/)
  expect(config.consent).toMatchObject([
    { approvals: 0 },
    { approvals: 2, expiryMinutes: 120, needsReason: true },
    { approvals: 0, when: { commands: ['exec', 'exec terminate'], risk: ['low'] } },
    { approvals: 1, expiryMinutes: 480, remindMinutes: 15 },
  ])
  expect(configOf(`${EXAMPLE}\n# another word`).version).not.toBe(config.version)
})

test('the former key of the approval rules is refused with its line and its new name', () => {
  expect(problemsOf(EXAMPLE.replace('\napprovals:', '\nconsent:'))).toEqual([
    'quarterdeck.yaml:53 consent is now called `approvals`: rename the key',
  ])
})

describe('digests', () => {
  const digest = (lines: string): string =>
    EXAMPLE.replace(/digests:\n( .*\n)+/, `digests:\n  - name: orders\n    channel: C0OPS\n${lines}`)
  const CRON = '    cron: cron(0 9 * * ? *)\n'

  test('the former section is refused with its line and its new name', () => {
    const former = EXAMPLE.replace(/digests:\n( .*\n)+/, "digest:\n  channel: C0OPS\n  at: '08:00'\n")
    expect(problemsOf(former)).toEqual([
      expect.stringMatching(/^quarterdeck\.yaml:\d+ digest is now `digests`, a list: give each a `name`, and a `cron`/),
    ])
  })

  test('all topics, UTC and the people on call are the default', () => {
    expect(configOf(digest(CRON)).digests).toMatchObject([
      { name: 'orders', zone: 'UTC', owners: ['S0ONCALL'], topics: expect.arrayContaining(['waiting', 'cost']) },
    ])
    expect(configOf(digest(`${CRON}    tag: a=b=c\n    what: [cost]\n`)).digests).toMatchObject([
      { tag: { key: 'a', value: 'b=c' }, topics: ['cost'] },
    ])
  })

  test('a configuration of an earlier version has none', () => {
    const { digests: _, ...config } = configOf(EXAMPLE)
    expect(decodeConfig(JSON.stringify({ ...config, digest: { channel: 'C0OPS', at: '08:00' } }))?.digests).toEqual([])
  })

  test.each([
    ['a cron of five fields', '    cron: 0 9 * * *\n', 'cron is not a cron of six fields'],
    ['a cron that never runs', '    cron: cron(0 9 31 2 ? *)\n', 'cron is not a cron that ever runs'],
    ['a cron with nonsense', '    cron: cron(0 99 * * ? *)\n', 'cron is not a cron that ever runs'],
    ['a cron each minute', '    cron: cron(* * * * ? *)\n', 'cron runs more than once an hour'],
    ['a cron each ten minutes', '    cron: cron(0/10 * * * ? *)\n', 'cron runs more than once an hour'],
    ['an unknown zone', `${CRON}    zone: Berlin\n`, 'zone is not a time zone such as Europe/Berlin'],
    ['an unknown topic', `${CRON}    what: [costs]\n`, 'is not one of waiting, left-overs'],
    ['an unknown account', `${CRON}    places: [live]\n`, 'places names live, which is not under `accounts`'],
    [
      'an unknown region',
      `${CRON}    places: [prod.eu-west-9/web]\n`,
      'names eu-west-9, which is not a region of prod',
    ],
    ['a tag without a value', `${CRON}    tag: orders\n`, 'tag is not a tag such as team=orders'],
    ['owners that name nobody', `${CRON}    owners: []\n`, 'owners names nobody'],
    ['an owner who is not listed', `${CRON}    owners: [U0GONE]\n`, 'names U0GONE, who is not listed'],
    [
      'a name twice',
      `${CRON}  - { name: orders, channel: C0OPS, cron: cron(0 9 * * ? *) }\n`,
      'name is the name of another',
    ],
  ])('%s is refused', (_, lines, why) => {
    expect(problemsOf(digest(lines)).join('\n')).toContain(why)
  })

  test('without owners and without people on call it is refused', () => {
    expect(problemsOf(digest(CRON).replace(/onCall: .*\n/, '')).join('\n')).toContain(
      'names no `owners`, and there is no `onCall`',
    )
  })
})

describe('every problem is reported with its line', () => {
  test.each([
    ['a typo', ['approvals:', 'aprovals:'], ['approvals ', 'Unrecognized key: "aprovals"']],
    [
      'an unknown key',
      ['approvals: 0', 'approvals: 0\n    aprovers: [S0OPS]'],
      ['approvals.0 Unrecognized key: "aprovers"'],
    ],
    ['an empty approver list', ['approvers: [S0OPS]', 'approvers: []'], ['approvals.1.approvers names nobody']],
    [
      'a rule that asks for approvals from nobody',
      ['    approvers: [operators]\n', ''],
      ['approvals.3 asks for approvals, but names no `approvers`'],
    ],
    [
      'a command with an unused parameter, and one that is missing',
      ['parameters: { path: [/, /tmp] }', 'parameters: { paths: [/, /tmp] }'],
      [
        'exec.commands.disk.argv uses {path}, which is not in `parameters`',
        'exec.commands.disk.parameters.paths is not used in `argv`',
      ],
    ],
    [
      'a value that a shell could read otherwise',
      ['[/, /tmp]', '["/; id"]'],
      ['exec.commands.disk.parameters.path.0 is not a value: no spaces or quotes'],
    ],
    [
      'a role missing for an account',
      ['      operator: arn:aws:iam::444455556666:role/quarterdeck-operator\n', ''],
      ['accounts.staging.roles.operator'],
    ],
    [
      'no role to put back leases with',
      ['      revert: arn:aws:iam::444455556666:role/quarterdeck-revert\n', ''],
      ['accounts.staging.roles.revert'],
    ],
    ['a lease for longer than a month', ['longest: 2d', 'longest: 31d'], ['leases.longest is longer than 30 days']],
    [
      'a lease without a length',
      ['longest: 2d', 'longest: 0d'],
      ['leases.longest is not a duration such as 45m, 8h or 2d'],
    ],
    ['nobody who may suspend for good', ['permanent: [S0OPS]', 'permanent: []'], ['leases.permanent names nobody']],
    ['operators on call', ['onCall: [S0ONCALL]', 'onCall: [operators]'], ['onCall.0 is not a Slack id']],
    ['an unknown rule for leases', ['longest: 2d', 'longst: 2d'], ['leases Unrecognized key: "longst"']],
    [
      'a role of another account',
      ['arn:aws:iam::444455556666:role/quarterdeck-viewer', 'arn:aws:iam::111122223333:role/quarterdeck-viewer'],
      ['accounts.staging.roles.viewer is a role of another account than 444455556666'],
    ],
    [
      'two accounts with one id',
      ['"444455556666"', '"111122223333"'],
      ['accounts.staging.id is already the id of prod'],
    ],
    [
      'an account id that YAML read as a number',
      ['"111122223333"', '111122223333'],
      ['accounts.prod.id is not text: put the account id between quotes'],
    ],
    [
      'an environment that no account has',
      ['environment: staging, risk: low', 'environment: stagign, risk: low'],
      ['approvals.0.when.environment names stagign'],
    ],
    [
      'a person in a rule who is not listed',
      ['who: [S0ONCALL, S0OPS]\n    role: operator', 'who: [S0ONCALL, U0NOBODY]\n    role: operator'],
      ['access.1.who names U0NOBODY, who is not listed under `people`'],
    ],
    [
      'a risk that there is not',
      ['\nceilings:', '\nrisk:\n  - { atLeast: severe }\nceilings:'],
      ['risk.0.atLeast is not a risk: low, medium or high'],
    ],
    [
      'a raised risk of a command and of a place that there are not',
      ['\nceilings:', '\nrisk:\n  - { when: { environment: prod, commands: restarts }, atLeast: high }\nceilings:'],
      ['risk.0.when.environment names prod', 'risk.0.when.commands names restarts, which is not a command that'],
    ],
    [
      'a rule for a command that there is not',
      ['commands: [exec, exec terminate]', 'commands: [exec, restarts]'],
      ['approvals.2.when.commands names restarts, which is not a command that changes something: '],
    ],
    [
      'a corporate id with a comma',
      ['requester@example.com', 'requester,example'],
      ['people.U0REQUEST is not a corporate id'],
    ],
    [
      'a region that is none',
      ['regions: [us-east-1, eu-west-1]', 'regions: [us-east, eu-west-1]'],
      ['accounts.prod.regions.0 is not an AWS region'],
    ],
    [
      'a ticket pattern that is none',
      ['reason: required', 'ticket: "("'],
      ['approvals.1.ticket is not a regular expression'],
    ],
    [
      'a ticket pattern that refers back',
      ['reason: required', 'ticket: "^(OPS-[0-9]+) \\\\1$"'],
      ['approvals.1.ticket is not a regular expression of RE2'],
    ],
    [
      'one person as two, by the spelling of the id',
      ['U0SECOND: second.approver@example.com', 'U0SECOND: Approver@example.com'],
      ['people.U0SECOND is Approver@example.com, but U0APPROVE is approver@example.com'],
    ],
    [
      'a freeze that ends before it begins',
      [
        'ceilings:',
        'freezes:\n  - name: x\n    from: 2026-12-02T00:00:00Z\n    until: 2026-12-01T00:00:00Z\nceilings:',
      ],
      ['freezes.0.until is not after `from`'],
    ],
    [
      'a pattern that matches nothing',
      ["'CUST-\\d{4,12}'", "'x*'"],
      ['redaction.patterns.0 is not a regular expression'],
    ],
    [
      'a deployer that is no role, and a person from nowhere',
      ["role/deploy', person: session", "user/deploy', person: email"],
      ['gates.deployers.0.role is not the ARN of an IAM role', 'gates.deployers.0.person is not `session`'],
    ],
    [
      'an enterprise that is a workspace',
      ['\nchannel: C0APPROVALS', '\nenterprise: T0QUARTER\nchannel: C0APPROVALS'],
      ['enterprise is not the id of an Enterprise Grid organization, such as E0123ABCD'],
    ],
    [
      'a trusted channel that is none',
      ['trusted: []', 'trusted: [ops]'],
      ['sharing.trusted.0 is not the id of a Slack channel'],
    ],
    [
      'a pattern that RE2 refuses',
      ["'CUST-\\d{4,12}'", "'(?=a)b'"],
      ['redaction.patterns.0 is not a regular expression of RE2'],
    ],
    [
      'more patterns than eight',
      ["['CUST-\\d{4,12}']", `[${Array.from({ length: 9 }, (_, nth) => `'CUST${nth}'`).join(', ')}]`],
      ['redaction.patterns.8 is one of more than 8 in redaction.patterns'],
    ],
    [
      'more denied commands than eight',
      [
        "['\\brm\\s+-[a-zA-Z]*r', '169\\.254\\.170\\.2']",
        `[${Array.from({ length: 9 }, (_, nth) => `'x${nth}'`).join(', ')}]`,
      ],
      ['exec.deny.8 is one of more than 8 in exec.deny'],
    ],
    ['nobody named', ['who: [everyone]', 'who: []'], ['access.0.who names nobody']],
    ['YAML that is none', ['team: T0QUARTER', 'team: [T0QUARTER'], ['quarterdeck.yaml:']],
    ['a key twice', ['team: T0QUARTER', 'team: T0QUARTER\nteam: T0OTHER'], ['Map keys must be unique']],
  ])('%s', (_, [from = '', to = ''], words) => {
    expect(EXAMPLE).toContain(from)
    const problems = problemsOf(EXAMPLE.replace(from, to))
    for (const part of words) expect(problems.join('\n')).toContain(part)
    for (const problem of problems) expect(problem).toMatch(/^quarterdeck\.yaml:\d+ /)
  })

  test.each([
    [
      'access',
      ['    role: operator\n', '    role: operator\n    targets: [web/*, prod/orders-*]\n'],
      'quarterdeck.yaml:46 access.1.targets.1 is prod/orders-*, but prod is an account and patterns are cluster/service. For the account write `accounts: [prod]` and `targets: ["*/orders-*"]`; if a cluster is named prod, give the account another name',
    ],
    [
      'approvals',
      ['environment: production, atLeast: 50', 'targets: staging/*'],
      'approvals.1.when.targets.0 is staging/*, but staging is an account',
    ],
    [
      'ceilings',
      ['  - tasks: 200', '  - tasks: 200\n    targets: [staging/x]'],
      'ceilings.0.targets.0 is staging/x, but staging',
    ],
    [
      'freezes',
      [
        'ceilings:',
        'freezes:\n  - { name: x, from: 2026-12-01T00:00:00Z, until: 2026-12-02T00:00:00Z, targets: [prod/x] }\nceilings:',
      ],
      'freezes.0.targets.0 is prod/x, but prod is an account',
    ],
  ])('a pattern whose cluster is an account, in %s', (_, [from = '', to = ''], words) => {
    expect(EXAMPLE).toContain(from)
    const problems = problemsOf(EXAMPLE.replace(from, to))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(words)
    expect(problems[0]).toMatch(/^quarterdeck\.yaml:([2-9]\d) /)
  })

  test('an account named like a cluster that is there, by its name or its ARN', () => {
    const clusters = ['web', 'staging', 'arn:aws:ecs:us-east-1:111122223333:cluster/prod']
    expect(compileConfig(EXAMPLE, { file: 'rules.yaml', clusters })).toEqual({
      problems: [
        'rules.yaml:10 accounts.prod has the name of an existing cluster: `prod/orders-api` could mean either. Give the account another name',
        'rules.yaml:21 accounts.staging has the name of an existing cluster: `staging/orders-api` could mean either. Give the account another name',
      ],
    })
    expect(compileConfig(EXAMPLE, { clusters: ['web', 'jobs'] })).toHaveProperty('config')
  })

  test('every problem at once', () => {
    const problems = problemsOf(
      EXAMPLE.replace('"444455556666"', '"44"')
        .replace('approvals: 2', 'approvals: two')
        .replace('channel: C0APPROVALS\n    expiry', 'channel: ops\n    expiry'),
    )
    expect(problems.length).toBeGreaterThanOrEqual(3)
    expect(problems[0]).toMatch(/^quarterdeck\.yaml:21 accounts\.staging\.id/)
  })
})

describe('leases and who is on call', () => {
  test('are as they are written', () => {
    expect(configOf(EXAMPLE)).toMatchObject({
      leases: { longestMinutes: 2_880, permanent: ['S0OPS'] },
      onCall: ['S0ONCALL'],
    })
  })

  test('are a week, nobody and nobody where nothing is written', () => {
    const defaults = { leases: { longestMinutes: 10_080, permanent: [] }, onCall: [] }
    expect(configOf(EXAMPLE.replace(/\nleases:[\s\S]*?(?=\n#)/, '').replace('onCall: [S0ONCALL]\n', ''))).toMatchObject(
      defaults,
    )
    expect(configOf(EXAMPLE.replace('  longest: 2d\n', '')).leases).toEqual({
      longestMinutes: 10_080,
      permanent: ['S0OPS'],
    })
  })

  test('have groups whose members are read', () => {
    const yaml = EXAMPLE.replace('permanent: [S0OPS]', 'permanent: [S0LEASES]').replace(
      'onCall: [S0ONCALL]',
      'onCall: [S0NIGHT]',
    )
    expect(groupsOf(configOf(yaml))).toEqual(['S0ONCALL', 'S0OPS', 'S0LEASES', 'S0NIGHT'])
  })
})

describe('what was published before', () => {
  const published = configOf(EXAMPLE)
  const decoded = (more: object) => decodeConfig(JSON.stringify({ ...published, ...more }))

  test('is read back as it was', () => {
    expect(decoded({})).toEqual(published)
  })

  test('knew neither leases nor who is on call, and gets what holds without them', () => {
    expect(decoded({ leases: undefined, onCall: undefined })).toMatchObject({
      leases: { longestMinutes: 10_080, permanent: [] },
      onCall: [],
    })
  })

  test.each([
    { leases: null },
    { leases: 3 },
    { leases: { longestMinutes: '2d' } },
    { onCall: 'S0ONCALL' },
    { access: {} },
  ])('is no configuration with %j', more => {
    expect(decoded(more)).toBeUndefined()
  })
})

describe('an account', () => {
  const without = (...roles: readonly string[]) =>
    EXAMPLE.split('\n')
      .filter(line => !roles.some(role => line.includes(`      ${role}: arn:aws:iam::111122223333`)))
      .join('\n')

  test('with `viewer` alone is read-only', () => {
    const [prod] = configOf(without('operator', 'revert', 'exec', 'deployer', 'gate')).accounts
    expect(prod?.roles).toEqual({ viewer: 'arn:aws:iam::111122223333:role/quarterdeck-viewer' })
  })

  test.each([['operator'], ['revert'], ['operator', 'revert'], ['operator', 'revert', 'deployer', 'gate']])(
    'without %s, but with other roles that write, is refused',
    (...roles) => {
      expect(problemsOf(without(...roles)).join('\n')).toContain('roles that write need `operator` and `revert`')
    },
  )

  test('is in shadow mode only where the file says so', () => {
    const shadow = EXAMPLE.replace('    environment: production\n', '    environment: production\n    shadow: true\n')
    expect(configOf(shadow).accounts.map(account => account.shadow)).toEqual([true, undefined])
    expect(problemsOf(shadow.replace('    shadow: true', '    shadow: sometimes'))).toHaveLength(1)
  })
})
