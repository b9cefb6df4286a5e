// From quarterdeck.yaml to the configuration that is published: parsed and validated as a whole, every problem at once,
// each with its line. What does not validate is never published.

import { createHash } from 'node:crypto'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { knownZone, UTC } from '../../model/time.ts'
import { mistakableNames } from './ambiguous-names.ts'
import { type Access, type ApprovalRule, type Config, DEFAULTS, type Scope } from './config.ts'

const roleArn = z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'is not the ARN of an IAM role')
const region = z.string().regex(/^[a-z]{2,4}(-[a-z]+){1,3}-\d$/, 'is not an AWS region')
const isZone = (zone: string): boolean => zone === UTC || knownZone(zone) !== UTC

const channel = z.string().regex(/^[CG][A-Z0-9]{2,}$/, 'is not the id of a Slack channel, such as C0123ABCD')
const person = z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'is not the id of a Slack user, such as U0123ABCD')
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'is not a name that people can type: lower case, digits and hyphens')
const who = z
  .array(
    z
      .string()
      .regex(
        /^([UWS][A-Z0-9]{2,}|everyone)$/,
        'is not a Slack id of a person (U…) or a user group (S…), or `everyone`',
      ),
  )
  .min(1, 'names nobody')
const approvers = z
  .array(
    z
      .string()
      .regex(
        /^([UWS][A-Z0-9]{2,}|everyone|operators)$/,
        'is not a Slack id of a person (U…) or a user group (S…), `everyone` or `operators`',
      ),
  )
  .min(1, 'names nobody: a change that nobody may approve would never run')
const time = z.string().regex(/^[1-9]\d{0,3}[mhd]$/, 'is not a time such as 45m, 8h or 2d')
/** A durable execution lasts a year at most; a consent that is a month old is no consent. */
const MOST_EXPIRY_MINUTES = 30 * 1_440
/** A change that is to last longer is no change for a while. */
const MOST_LEASE_MINUTES = 30 * 1_440
const count = z.number().int('is not a whole number')
/** STS API reference, AssumeRole, SourceIdentity; tag values allow no comma. */
const corporateId = z
  .string()
  .regex(/^[\w+=.@-]{2,64}$/, 'is not a corporate id: 2 to 64 of letters, digits and _+=.@-')
const risk = z.enum(['low', 'medium', 'high'], 'is not a risk: low, medium or high')
const instant = z
  .string()
  .refine(
    text => !Number.isNaN(Date.parse(text)) && /T.*(Z|[+-]\d\d:\d\d)$/.test(text),
    'is not a time with its zone, such as 2026-11-27T00:00:00Z',
  )
const compiles = (text: string): boolean => {
  try {
    return !new RegExp(text).test('')
  } catch {
    return false
  }
}
/** Of what to hide in logs. A repetition within a repetition can take forever over one line. */
const hiding = z
  .string()
  .max(200, 'is longer than 200 characters')
  .refine(compiles, 'is not a regular expression that matches something')
  .refine(text => !/[+*}]\??\)(?:[+*]|\{\d*,)/.test(text), 'repeats what repeats: a line could take forever')
const listOf = <T extends z.ZodType>(item: T) =>
  z.union(
    [z.array(item).min(1, 'is empty'), item.transform(one => [one])],
    'is neither one of these nor a list of them',
  )

const scope = {
  accounts: listOf(z.string()).optional(),
  environment: z.string().optional(),
  targets: listOf(z.string().regex(/^[\w*-]+\/[\w*-]+$/, 'is not a pattern such as web/orders-*')).optional(),
}

/** ECS API reference says no limit of a command; a card shows it whole. */
const argument = z.string().min(1, 'is empty').max(500, 'is longer than 500 characters')
const execCommand = z.strictObject({
  argv: z.array(argument).min(1, 'names no program').max(50),
  parameters: z
    .record(name, z.array(z.string().regex(/^[\w.:/@%+-]{1,100}$/, 'is not a value: no spaces or quotes')).min(1))
    .optional(),
})

const schema = z.strictObject({
  team: z.string().regex(/^[TE][A-Z0-9]{2,}$/, 'is not the id of a Slack workspace, such as T0123ABCD'),
  accounts: z.record(
    name,
    z.strictObject({
      id: z
        .string('is not text: put the account id between quotes')
        .regex(/^\d{12}$/, 'is not an account id: twelve digits between quotes'),
      environment: name,
      regions: z.array(region).min(1, 'names no region'),
      roles: z.strictObject({
        viewer: roleArn,
        operator: roleArn,
        revert: roleArn,
        deployer: roleArn.optional(),
        exec: roleArn.optional(),
      }),
    }),
  ),
  people: z.record(person, corporateId),
  access: z
    .array(
      z.strictObject({
        who,
        role: z.enum(['viewer', 'operator', 'exec']).optional(),
        deny: z.enum(['viewer', 'operator', 'exec']).optional(),
        ...scope,
      }),
    )
    .min(1, 'gives nobody any access'),
  consent: z
    .array(
      z.strictObject({
        when: z
          .strictObject({
            ...scope,
            commands: listOf(z.string()).optional(),
            risk: listOf(risk).optional(),
            atLeast: count.min(1).optional(),
          })
          .optional(),
        approvals: count.min(0, 'is less than none').max(10, 'is more than ten people'),
        approvers: approvers.optional(),
        channel: channel.optional(),
        expiry: time.refine(text => minutes(text) <= MOST_EXPIRY_MINUTES, 'is longer than 30 days').optional(),
        remind: time.optional(),
        reason: z.enum(['required', 'optional']).optional(),
        ticket: z.string().optional(),
        self: z.boolean().optional(),
      }),
    )
    .min(1, 'has no rule: every change would be refused'),
  ceilings: z.array(z.strictObject({ tasks: count.min(1), ...scope })).optional(),
  freezes: z
    .array(z.strictObject({ name: z.string().min(1), from: instant, until: instant, except: who.optional(), ...scope }))
    .optional(),
  breakGlass: z.strictObject({ who, channel, exec: who.optional() }).optional(),
  exec: z
    .strictObject({
      commands: z.record(name, execCommand).optional(),
      deny: z.array(hiding).max(50).optional(),
      unlogged: z.array(z.strictObject(scope)).optional(),
    })
    .optional(),
  leases: z
    .strictObject({
      longest: time.refine(text => minutes(text) <= MOST_LEASE_MINUTES, 'is longer than 30 days').optional(),
      permanent: who.optional(),
    })
    .optional(),
  redaction: z
    .strictObject({ emails: z.boolean().optional(), patterns: z.array(hiding).max(20).optional() })
    .optional(),
  sharing: z.strictObject({ trusted: z.array(channel).max(100).optional() }).optional(),
  onCall: who.optional(),
  channel,
  digest: z
    .strictObject({
      channel,
      at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as 08:00'),
      timeZone: z.string().refine(isZone, 'is not a time zone such as Europe/Berlin').optional(),
    })
    .optional(),
})

type File = z.infer<typeof schema>
type Issue = { readonly path: readonly PropertyKey[]; readonly message: string }

/** SSM: an advanced parameter holds 8 KB; the published JSON is a little larger than the file. */
const MOST_BYTES = 7_000

export type Compiled = { readonly config: Config } | { readonly problems: readonly string[] }

export type Known = {
  /** Names of the commands that change something. */
  readonly mutations: readonly string[]
  /** What problems call the file. */
  readonly file?: string
  /** Names or ARNs of clusters that are there: no account may be named like one. */
  readonly clusters?: readonly string[]
}

/** Each problem is a line such as `quarterdeck.yaml:12 accounts.prod.id is not an account id`. */
export const compileRules = (
  text: string,
  { file = 'quarterdeck.yaml', clusters = [], mutations }: Known,
): Compiled => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map(
        ({ pos, message }) => `${file}:${lines.linePos(pos[0]).line} ${message.split('\n')[0]}`,
      ),
    }
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const node: unknown = document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  const said = ({ path, message }: Issue) => `${file}:${lineOf(path)} ${path.join('.')} ${message}`.replace('  ', ' ')
  if (Buffer.byteLength(text) > MOST_BYTES)
    return { problems: [`${file}:1 is larger than ${MOST_BYTES} bytes: an advanced SSM parameter holds 8 KB`] }
  const parsed = schema.safeParse(document.toJS())
  const issues = parsed.success
    ? [...inconsistencies(parsed.data, mutations), ...mistakableNames(parsed.data, clusters)]
    : parsed.error.issues
  if (issues.length > 0 || !parsed.success) return { problems: issues.map(said) }
  return { config: publish(parsed.data, text) }
}

/** What each part may say, but not together. */
const inconsistencies = (file: File, mutations: readonly string[]): readonly Issue[] => [
  ...Object.entries(file.accounts).flatMap(([account, { id, roles }]) =>
    Object.entries(roles).flatMap(([role, arn]) =>
      arn === undefined || arn.includes(`::${id}:`)
        ? []
        : [{ path: ['accounts', account, 'roles', role], message: `is a role of another account than ${id}` }],
    ),
  ),
  ...twice(Object.entries(file.accounts).map(([account, { id }]) => [['accounts', account, 'id'], id])),
  // Whoever had two would vote for themselves, or twice.
  ...twice(Object.entries(file.people).map(([user, id]) => [['people', user], id])),
  ...[...file.access.entries()].flatMap(([at, rule]) => [
    ...((rule.role === undefined) === (rule.deny === undefined)
      ? [{ path: ['access', at], message: 'needs either `role` or `deny`' }]
      : []),
    ...unknownPlaces(file, rule, ['access', at]),
  ]),
  ...[...file.consent.entries()].flatMap(([at, rule]) => [
    ...(rule.approvals > 0 && rule.approvers === undefined
      ? [{ path: ['consent', at], message: 'asks for approvals, but names no `approvers`' }]
      : []),
    ...unknownPlaces(file, rule.when ?? {}, ['consent', at, 'when']),
    ...unknownCommands(mutations, rule.when?.commands ?? [], ['consent', at, 'when', 'commands']),
    ...badPattern(rule.ticket, ['consent', at, 'ticket']),
  ]),
  ...unfilled(file.exec?.commands ?? {}),
  ...[...(file.exec?.unlogged ?? []).entries()].flatMap(([at, rule]) =>
    unknownPlaces(file, rule, ['exec', 'unlogged', at]),
  ),
  ...[...(file.ceilings ?? []).entries()].flatMap(([at, rule]) => unknownPlaces(file, rule, ['ceilings', at])),
  ...[...(file.freezes ?? []).entries()].flatMap(([at, rule]) => [
    ...(Date.parse(rule.from) < Date.parse(rule.until)
      ? []
      : [{ path: ['freezes', at, 'until'], message: 'is not after `from`' }]),
    ...unknownPlaces(file, rule, ['freezes', at]),
  ]),
]

/** `{name}` in an argument. */
const HOLE = /\{([a-z][a-z0-9-]*)\}/g

const unfilled = (commands: Readonly<Record<string, z.infer<typeof execCommand>>>): readonly Issue[] =>
  Object.entries(commands).flatMap(([command, { argv, parameters = {} }]) => {
    const path = ['exec', 'commands', command]
    const named = new Set(argv.flatMap(text => [...text.matchAll(HOLE)].map(([, hole = '']) => hole)))
    return [
      ...[...named]
        .filter(hole => !(hole in parameters))
        .map(hole => ({ path: [...path, 'argv'], message: `names {${hole}}, which is no parameter` })),
      ...Object.keys(parameters)
        .filter(one => !named.has(one))
        .map(one => ({ path: [...path, 'parameters', one], message: 'stands nowhere in `argv`' })),
    ]
  })

const twice = (ids: readonly (readonly [readonly string[], string])[]): readonly Issue[] =>
  ids.flatMap(([path, id], at) => {
    const first = ids.findIndex(([, other]) => other === id)
    return first === at ? [] : [{ path: [...path], message: `is the id of ${ids[first]?.[0][1]} already` }]
  })

/** A rule that names what nobody can ask for would never apply. */
const unknownCommands = (
  known: readonly string[],
  names: readonly string[],
  path: readonly PropertyKey[],
): readonly Issue[] => {
  return names
    .filter(one => !known.includes(one))
    .map(one => ({ path: [...path], message: `names ${one}, which changes nothing: there are ${known.join(', ')}` }))
}

const unknownPlaces = (
  { accounts }: File,
  { accounts: named = [], environment }: { accounts?: readonly string[] | undefined; environment?: string | undefined },
  path: readonly PropertyKey[],
): readonly Issue[] => [
  ...named
    .filter(account => !(account in accounts))
    .map(account => ({ path: [...path, 'accounts'], message: `names ${account}, which is no account here` })),
  ...(environment === undefined || Object.values(accounts).some(account => account.environment === environment)
    ? []
    : [{ path: [...path, 'environment'], message: `names ${environment}, which is no account's environment` }]),
]

const badPattern = (pattern: string | undefined, path: readonly PropertyKey[]): readonly Issue[] => {
  try {
    new RegExp(pattern ?? '')
    return []
  } catch {
    return [{ path, message: 'is not a regular expression' }]
  }
}

const MINUTES = { m: 1, h: 60, d: 1_440 } as const
const minutes = (text: string): number =>
  Number(text.slice(0, -1)) * (MINUTES[text.slice(-1) as keyof typeof MINUTES] ?? 1)

const scopeOf = ({
  accounts,
  environment,
  targets,
}: {
  accounts?: readonly string[] | undefined
  environment?: string | undefined
  targets?: readonly string[] | undefined
}): Scope => ({
  ...(accounts && { accounts }),
  ...(environment && { environment }),
  ...(targets && { targets }),
})

const accessOf = (rule: File['access'][number]): Access => ({
  ...scopeOf(rule),
  who: rule.who,
  role: rule.role ?? rule.deny ?? 'viewer',
  isDenied: rule.deny !== undefined,
})

const consentOf = ({
  when = {},
  approvals,
  approvers = [],
  channel,
  expiry = '8h',
  remind = '15m',
  reason,
  ticket,
  self = false,
}: File['consent'][number]): ApprovalRule => ({
  when: {
    ...scopeOf(when),
    ...(when.commands && { commands: when.commands }),
    ...(when.risk && { risk: when.risk }),
    ...(when.atLeast !== undefined && { atLeast: when.atLeast }),
  },
  approvals,
  approvers,
  expiryMinutes: minutes(expiry),
  remindMinutes: minutes(remind),
  needsReason: reason === 'required' || ticket !== undefined,
  maySelfApprove: self,
  ...(ticket !== undefined && { ticket }),
  ...(channel !== undefined && { channel }),
})

const breakGlassOf = ({ who, channel, exec }: NonNullable<File['breakGlass']>) => ({
  who,
  channel,
  ...(exec !== undefined && { exec }),
})

const publish = (file: File, text: string): Config => ({
  version: createHash('sha256').update(text).digest('hex').slice(0, 12),
  team: file.team,
  accounts: Object.entries(file.accounts).map(
    ([
      account,
      {
        roles: { exec, ...roles },
        ...rest
      },
    ]) => ({
      name: account,
      ...rest,
      roles: { ...roles, ...(exec !== undefined && { exec }) },
    }),
  ),
  people: file.people,
  access: file.access.map(accessOf),
  consent: file.consent.map(consentOf),
  ceilings: (file.ceilings ?? []).map(rule => ({ tasks: rule.tasks, ...scopeOf(rule) })),
  freezes: (file.freezes ?? []).map(rule => ({
    name: rule.name,
    from: rule.from,
    until: rule.until,
    except: rule.except ?? [],
    ...scopeOf(rule),
  })),
  ...(file.breakGlass && { breakGlass: breakGlassOf(file.breakGlass) }),
  exec: {
    commands: Object.fromEntries(
      Object.entries(file.exec?.commands ?? {}).map(([command, { argv, parameters = {} }]) => [
        command,
        { argv, parameters },
      ]),
    ),
    deny: file.exec?.deny ?? [],
    unlogged: (file.exec?.unlogged ?? []).map(scopeOf),
  },
  leases: {
    longestMinutes: file.leases?.longest === undefined ? DEFAULTS.leases.longestMinutes : minutes(file.leases.longest),
    permanent: file.leases?.permanent ?? [],
  },
  redaction: { emails: file.redaction?.emails ?? false, patterns: file.redaction?.patterns ?? [] },
  sharing: { trusted: file.sharing?.trusted ?? [] },
  onCall: file.onCall ?? [],
  channel: file.channel,
  ...(file.digest && { digest: { ...file.digest, timeZone: file.digest.timeZone ?? UTC } }),
})
