// The schema of quarterdeck.yaml.

import { z } from 'zod'
import { PROBLEM_KINDS } from '../../kit/language/kinds/problems.ts'
import { strategy } from '../../kit/language/kinds/strategy.ts'
import { SEVERITIES } from '../../kit/language/severity.ts'
import { isProblem } from '../../model/errors.ts'
import { knownZone, UTC } from '../../model/time.ts'
import { LEVELS } from '../change/plan.ts'
import { DIGEST_TOPICS } from './config.ts'

const roleArn = z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'is not the ARN of an IAM role')
const region = z.string().regex(/^[a-z]{2,4}(-[a-z]+){1,3}-\d$/, 'is not an AWS region')
const isZone = (zone: string): boolean => zone === UTC || knownZone(zone) !== UTC

const channel = z.string().regex(/^[CG][A-Z0-9]{2,}$/, 'is not the id of a Slack channel, such as C0123ABCD')
const person = z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'is not the id of a Slack user, such as U0123ABCD')
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'is not a valid name: use lower case letters, digits and hyphens')
const who = z
  .array(
    z
      .string()
      .regex(
        /^([UWS][A-Z0-9]{2,}|everyone|team:[a-z][a-z0-9-]{0,30})$/,
        'is not a Slack id of a person (U…) or a user group (S…), `everyone` or `team:` with the name of a team',
      ),
  )
  .min(1, 'names nobody')
const approvers = z
  .array(
    z
      .string()
      .regex(
        /^([UWS][A-Z0-9]{2,}|everyone|operators|team(:[a-z][a-z0-9-]{0,30})?)$/,
        'is not a Slack id of a person (U…) or a user group (S…), `everyone`, `operators`, `team` or `team:` with a name',
      ),
  )
  .min(1, 'names nobody: a change that nobody can approve would never run')
const time = z.string().regex(/^[1-9]\d{0,3}[mhd]$/, 'is not a duration such as 45m, 8h or 2d')
/** The longest expiry of a request. This is our choice: a durable execution can wait for a year. */
const MAX_EXPIRY_MINUTES = 30 * 1_440
/** The longest temporary change. This is our choice. */
const MAX_LEASE_MINUTES = 30 * 1_440
/** Our choice: the audit of so long is read for each change that a size rule could match. */
const MAX_WINDOW_MINUTES = 1_440
/** Our choice: approval rules for incidents are for the first hours. */
const MAX_INCIDENT_MINUTES = 240
const count = z.number().int('is not a whole number')
/**
 * A corporate id. STS API reference, AssumeRole: the characters of SourceIdentity. A comma is not allowed in tag
 * values.
 */
const corporateId = z
  .string()
  .regex(/^[\w+=.@-]{2,64}$/, 'is not a corporate id: 2 to 64 of letters, digits and _+=.@-')
const risk = z.enum(LEVELS, 'is not a risk: low, medium or high')
const instant = z
  .string()
  .refine(
    text => !Number.isNaN(Date.parse(text)) && /T.*(Z|[+-]\d\d:\d\d)$/.test(text),
    'is not a time with its zone, such as 2026-11-27T00:00:00Z',
  )
/** A regular expression. `badPatterns` of config-checks.ts has RE2 compile it. */
const pattern = z.string().min(1, 'is empty').max(200, 'is longer than 200 characters')
const listOf = <T extends z.ZodType>(item: T) =>
  z.union(
    [z.array(item).min(1, 'is empty'), item.transform(one => [one])],
    'is neither one of these nor a list of them',
  )

const repository = z
  .string()
  .regex(
    /^[\w*][\w.:*-]*(\/[\w.*-]+)+$/,
    'is not a repository with its registry, such as 111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-*',
  )
  .refine(text => !/^\*+\//.test(text), 'allows any registry')

const isStrategy = (text: string): boolean => {
  const parsed = strategy.parse(text)
  return !isProblem(parsed) && parsed.kind === 'providers'
}

const targets = listOf(z.string().regex(/^[\w*-]+\/[\w*-]+$/, 'is not a pattern such as web/orders-*'))
const scope = {
  accounts: listOf(z.string()).optional(),
  environment: z.string().optional(),
  targets: targets.optional(),
}
/** Of rules that know teams. */
const teamScope = { ...scope, teams: listOf(name).optional() }

/** Our choice: each user group is read before a change, and Slack allows some 20 such reads a minute. */
const MAX_TEAMS = 100
const team = z.strictObject({
  group: z.string().regex(/^S[A-Z0-9]{2,}$/, 'is not the id of a Slack user group, such as S0123ABCD'),
  services: targets,
  channel: channel.optional(),
  onCall: who.optional(),
})

/**
 * An argument of a command. The ECS API reference gives no limit; our limit is the length that a card can show in full.
 */
const argument = z.string().min(1, 'is empty').max(500, 'is longer than 500 characters')
const execCommand = z.strictObject({
  argv: z.array(argument).min(1, 'names no program').max(50),
  parameters: z
    .record(name, z.array(z.string().regex(/^[\w.:/@%+-]{1,100}$/, 'is not a value: no spaces or quotes')).min(1))
    .optional(),
})

const NEEDS_BOTH =
  'is missing: roles that write need `operator` and `revert`; an account with `viewer` alone is read-only'

const account = z.strictObject({
  id: z
    .string('is not text: put the account id between quotes')
    .regex(/^\d{12}$/, 'is not an account id: twelve digits between quotes'),
  environment: name,
  regions: z.array(region).min(1, 'names no region'),
  roles: z
    .strictObject({
      viewer: roleArn,
      operator: roleArn.optional(),
      revert: roleArn.optional(),
      deployer: roleArn.optional(),
      exec: roleArn.optional(),
      gate: roleArn.optional(),
    })
    .superRefine(({ viewer: _, ...writing }, { addIssue }) => {
      if (Object.values(writing).every(role => role === undefined)) return
      for (const path of (['operator', 'revert'] as const).filter(name => writing[name] === undefined))
        addIssue({ code: 'custom', path: [path], message: NEEDS_BOTH })
    }),
  shadow: z.boolean().optional(),
})

/** As an ARN of a role; `*` stands for any part of a name. */
const rolePattern = z
  .string()
  .regex(
    /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/*-]+$/,
    'is not the ARN of an IAM role, in which `*` may stand for a part',
  )
const deployer = z.strictObject({
  role: rolePattern,
  person: z
    .string()
    .regex(
      /^(session|sourceIdentity|tag:[\w.:/=+@ -]{1,128})$/,
      'is not `session`, `sourceIdentity` or `tag:` with the key of a tag',
    )
    .optional(),
})

const accessRule = z.strictObject({
  who: z
    .array(
      z
        .string()
        .regex(
          /^([UWS][A-Z0-9]{2,}|everyone|team(:[a-z][a-z0-9-]{0,30})?)$/,
          'is not a Slack id of a person (U…) or a user group (S…), `everyone`, `team` or `team:` with a name',
        ),
    )
    .min(1, 'names nobody'),
  role: z.enum(['viewer', 'operator', 'exec']).optional(),
  deny: z.enum(['viewer', 'operator', 'exec', 'approver']).optional(),
  ...teamScope,
})

const aboutChanges = { ...teamScope, commands: listOf(z.string()).optional() }

const riskRule = z.strictObject({ when: z.strictObject(aboutChanges).optional(), atLeast: risk })

const approvalRule = z.strictObject({
  when: z
    .strictObject({
      ...aboutChanges,
      risk: listOf(risk).optional(),
      atLeast: count.min(1).optional(),
      within: time.refine(text => minutesOf(text) <= MAX_WINDOW_MINUTES, 'is longer than a day').optional(),
    })
    .optional(),
  approvals: count.min(0, 'is less than none').max(10, 'is more than ten people'),
  approvers: approvers.optional(),
  channel: z
    .union([channel, z.literal('team')], 'is not the id of a Slack channel, such as C0123ABCD, or `team`')
    .optional(),
  expiry: time.refine(text => minutesOf(text) <= MAX_EXPIRY_MINUTES, 'is longer than 30 days').optional(),
  remind: time.optional(),
  reason: z.enum(['required', 'optional']).optional(),
  ticket: pattern.optional(),
  self: z.boolean().optional(),
  incident: z.strictObject({ approvals: count.min(0, 'is less than none') }).optional(),
})

const tag = z
  .string()
  .regex(/^[^=]{1,128}=.{0,256}$/u, 'is not a tag such as team=orders')
  .optional()

const digest = z.strictObject({
  name,
  channel: channel.optional(),
  team: name.optional(),
  cron: z
    .string()
    .regex(/^cron\(\S+( \S+){5}\)$/, 'is not a cron of six fields such as `cron(0 9 ? * MON-FRI *)`')
    .regex(/^cron\(\d{1,2} /, 'runs more than once an hour: its first field is one minute, such as 0'),
  zone: z.string().refine(isZone, 'is not a time zone such as Europe/Berlin').optional(),
  what: z
    .array(z.enum(DIGEST_TOPICS, `is not one of ${DIGEST_TOPICS.join(', ')}`))
    .min(1, 'is empty')
    .optional(),
  places: listOf(
    z
      .string()
      .regex(
        /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)?(\/[\w-]+)?$/,
        'is not a place such as prod, prod.us-east-1 or prod.us-east-1/web',
      ),
  ).optional(),
  tag,
  owners: who.optional(),
})

const subscription = z.strictObject({
  channel: channel.optional(),
  team: name.optional(),
  ...scope,
  tag,
  events: z
    .array(z.enum(PROBLEM_KINDS, `is none of ${PROBLEM_KINDS.join(', ')}`))
    .min(1, 'is empty')
    .optional(),
  minSeverity: z.enum(SEVERITIES, 'is not a severity: critical, high, medium or low').optional(),
})

/** PagerDuty: ids of objects are capital letters and digits. */
const pagerDutyId = z.string().regex(/^[A-Z0-9]{6,20}$/, 'is not an id of PagerDuty, such as PI7DH85')

const onCallSource = z.strictObject({
  ...scope,
  group: z
    .string()
    .regex(/^S[A-Z0-9]{2,}$/, 'is not the id of a Slack user group, such as S0123ABCD')
    .optional(),
  schedule: z
    .strictObject({
      from: instant,
      shift: time.refine(text => minutesOf(text) >= 60, 'is shorter than an hour'),
      who: z.array(person).min(1, 'names nobody').max(50),
    })
    .optional(),
  pagerduty: z
    .strictObject({
      schedules: z.array(pagerDutyId).min(1, 'is empty').max(20).optional(),
      policies: z.array(pagerDutyId).min(1, 'is empty').max(20).optional(),
    })
    .refine(({ schedules, policies }) => schedules !== undefined || policies !== undefined, {
      message: 'names neither `schedules` nor `policies`',
    })
    .optional(),
  opsgenie: z
    .unknown()
    .refine(value => value === undefined, {
      message: 'is not supported: Opsgenie and its API end on 2027-04-05. Use `pagerduty`, `group` or `schedule`',
    })
    .optional(),
})

const incidents = z.strictObject({
  channels: z
    .string()
    .regex(/^[a-z0-9_{}-]{1,60}$/, 'is not a name of a channel: lower case letters, digits, hyphens and underscores')
    .refine(text => {
      const left = text.replace(/\{(?:date|service|account|severity)\}/g, '')
      return !/[{}]/.test(left)
    }, 'has braces around something else than date, service, account or severity')
    .optional(),
  private: z.boolean().optional(),
  longest: time.refine(text => minutesOf(text) <= MAX_INCIDENT_MINUTES, 'is longer than 4 hours').optional(),
  owners: z
    .array(z.strictObject({ who, ...scope }))
    .max(50)
    .optional(),
  onCall: z.array(onCallSource).max(50).optional(),
})

export const schema = z.strictObject({
  team: z.string().regex(/^[TE][A-Z0-9]{2,}$/, 'is not the id of a Slack workspace, such as T0123ABCD'),
  enterprise: z
    .string()
    .regex(/^E[A-Z0-9]{2,}$/, 'is not the id of an Enterprise Grid organization, such as E0123ABCD')
    .optional(),
  accounts: z.record(name, account),
  teams: z
    .record(name, team)
    .refine(teams => Object.keys(teams).length <= MAX_TEAMS, `has more than ${MAX_TEAMS} teams`)
    .optional(),
  people: z.record(person, corporateId),
  access: z.array(accessRule).min(1, 'gives nobody any access'),
  approvals: z.array(approvalRule).min(1, 'has no rule: every change would be refused'),
  risk: z.array(riskRule).max(20).optional(),
  ceilings: z.array(z.strictObject({ tasks: count.min(1), ...teamScope })).optional(),
  freezes: z
    .array(
      z.strictObject({ name: z.string().min(1), from: instant, until: instant, except: who.optional(), ...teamScope }),
    )
    .optional(),
  capacity: z
    .strictObject({
      presets: z
        .record(name, z.string().refine(isStrategy, 'is not a strategy such as `fargate=1:2 spot=3`'))
        .optional(),
    })
    .optional(),
  deploy: z
    .strictObject({
      from: z
        .array(z.strictObject({ repositories: listOf(repository), ...scope }))
        .max(50)
        .optional(),
    })
    .optional(),
  breakGlass: z.strictObject({ who, channel, exec: who.optional() }).optional(),
  exec: z
    .strictObject({
      commands: z.record(name, execCommand).optional(),
      deny: z.array(pattern).optional(),
      unlogged: z.array(z.strictObject(scope)).optional(),
    })
    .optional(),
  leases: z
    .strictObject({
      longest: time.refine(text => minutesOf(text) <= MAX_LEASE_MINUTES, 'is longer than 30 days').optional(),
      permanent: who.optional(),
    })
    .optional(),
  redaction: z.strictObject({ emails: z.boolean().optional(), patterns: z.array(pattern).optional() }).optional(),
  budgets: z
    .strictObject({
      waiting: count.min(1).max(200).optional(),
      follows: count.min(1).max(20).optional(),
      commandsPerMinute: count.min(1).max(600).optional(),
    })
    .optional(),
  sharing: z.strictObject({ trusted: z.array(channel).max(100).optional() }).optional(),
  gates: z.strictObject({ deployers: z.array(deployer).max(50).optional() }).optional(),
  onCall: who.optional(),
  incidents: incidents.optional(),
  subscriptions: z.array(subscription).max(50).optional(),
  channel,
  digests: z.array(digest).max(50, 'has more than 50 digests').optional(),
})

/** The type of the parsed file. */
export type ConfigFile = z.infer<typeof schema>

/**
 * A problem of the file. `path`: the place in the file. `message`: the rest of a sentence that begins with the path.
 */
export type Issue = { readonly path: readonly PropertyKey[]; readonly message: string }

const MINUTES = { m: 1, h: 60, d: 1_440 } as const

/** Converts a duration such as `45m`, `8h` or `2d` to minutes. */
export const minutesOf = (text: string): number =>
  Number(text.slice(0, -1)) * (MINUTES[text.slice(-1) as keyof typeof MINUTES] ?? 1)
