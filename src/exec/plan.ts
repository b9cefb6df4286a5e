// From a service and a command to the plan of running it: in which task and container, as what, and what is in the way.

import type { Own } from '../command.ts'
import { accountOf, type Scope } from '../config.ts'
import { isRefusal, type Offer, type Refusal, refuse } from '../errors.ts'
import type { ServiceRef } from '../model.ts'
import type { ExecCall, Plan } from '../plan.ts'
import { fits } from '../policy.ts'
import type { Readers } from '../ports.ts'
import { fullName } from '../target.ts'
import { shown, type Wanted, wantedOf } from './command.ts'
import { hindrances, sharedProcesses } from './concierge.ts'
import { missingWay } from './endpoints.ts'
import { GRANT_TAG, type Grant, grantingOf, lineOf } from './grant.ts'
import type { ExecContainer, ExecSite, ExecTask } from './site.ts'
import { powerOf, type TaskRole, taskRoleLines } from './task-role.ts'

type Asked = {
  readonly run?: string | undefined
  readonly task?: string
  readonly container?: string
  /** Minutes. */
  readonly timeout?: number
  readonly interactive?: boolean
  readonly all?: boolean
  readonly 'keep-going'?: boolean
  /** Minutes. */
  readonly for?: number
}

type With = { readonly read: Pick<Readers, 'endpoints' | 'execSite' | 'taskRole'>; readonly own: Own }

export type ExecState = {
  readonly ref: ServiceRef
  readonly site: ExecSite
  readonly places: readonly Chosen[]
  /** What its network may lack, in words. */
  readonly way?: string
  /** Not there where a person is let in instead. */
  readonly wanted?: Wanted
  readonly minutes: number
  readonly keepsGoing?: true
  readonly own: Own
  /** Canonical text with the task and container that were chosen. */
  readonly invocation: string
}

const DEFAULT_MINUTES = 5
/** A Lambda function runs for 15 minutes at most, and has to end the session within them. */
const MOST_MINUTES = 13

export const loadExec = async (ref: ServiceRef, asked: Asked, { read, own }: With): Promise<ExecState | Refusal> => {
  if (accountOf(own.config, ref).roles.exec === undefined)
    return refuse(
      `Nobody runs commands in ${ref.account}: it has no role for that.`,
      'Whoever keeps the configuration can name it: `roles.exec`.',
    )
  const { run: command, task, container, interactive = false } = asked
  const minutes = interactive ? (asked.for ?? GRANT_MINUTES) : (asked.timeout ?? DEFAULT_MINUTES)
  const unfit = unfitting(asked, minutes)
  if (unfit !== undefined) return unfit
  if (command === undefined && !interactive) return whatToRun(own)
  const wanted = command === undefined ? undefined : wantedOf(command, own.config.exec)
  if (isRefusal(wanted)) return wanted
  const site = await read.execSite(ref)
  const wish = { ...(task !== undefined && { task }), ...(container !== undefined && { container }) }
  const within = { site, roles: await readRoles(ref, site, read), ref, own }
  const places = asked.all === true ? chooseAll(container, within) : choose(wish, within)
  if (isRefusal(places)) return places
  const unlogged = refuseUnlogged(ref, site, own)
  if (unlogged !== undefined) return unlogged
  const [place] = places
  if (place === undefined) return refuse(`*${fullName(ref)}* has no task that runs.`)
  const way = await readWay(ref, place.task, read)
  const { id, grantee } = place.task
  if (interactive && grantee !== undefined && grantee !== own.who.corporateId)
    return refuse(`${grantee} has been let into that task; one person at a time.`, 'Name another one: `--task`.')
  const invocation = own.again({
    service: ref,
    ...(asked.all !== true && { task: id }),
    container: place.container.name,
    // What is said once, for this time alone, is no part of what is asked for.
    ...{ reason: undefined, 'dry-run': undefined, 'break-glass': undefined },
    ...(interactive ? { for: minutes } : { timeout: minutes }),
  })
  return {
    ref,
    site,
    places,
    ...way,
    ...(wanted !== undefined && { wanted }),
    ...goingOn(asked),
    minutes,
    own,
    invocation,
  }
}

const goingOn = (asked: Asked): Pick<ExecState, 'keepsGoing'> =>
  asked['keep-going'] === true ? { keepsGoing: true } : {}

const readWay = async (
  ref: ServiceRef,
  { subnet }: ExecTask,
  read: Pick<Readers, 'endpoints'>,
): Promise<Pick<ExecState, 'way'>> => {
  const way = subnet === undefined ? undefined : missingWay(await read.endpoints(ref, subnet))
  return way === undefined ? {} : { way }
}

/** Of a grant. */
const GRANT_MINUTES = 30
const MOST_GRANT_MINUTES = 240

const unfitting = (
  { run: command, interactive = false, timeout, ...asked }: Asked,
  minutes: number,
): Refusal | undefined => {
  if (asked['keep-going'] === true && asked.all !== true) return refuse('`--keep-going` is for `--all`.')
  if (asked.all === true && (interactive || asked.task !== undefined))
    return refuse('`--all` is for a command in every task.', 'Leave out `--interactive` and `--task`.')
  if (interactive && command !== undefined)
    return refuse(
      '`--interactive` takes no command: it lets you in with your own terminal.',
      'Leave out one of the two.',
    )
  if (interactive && timeout !== undefined)
    return refuse('`--timeout` is for a command; how long you are let in says `--for`.')
  if (!interactive && asked.for !== undefined)
    return refuse('`--for` is for `--interactive`; a command has a `--timeout`.')
  const most = interactive ? MOST_GRANT_MINUTES : MOST_MINUTES
  if (minutes <= most) return undefined
  return refuse(
    interactive
      ? 'Nobody is let in for more than 4 hours at once.'
      : `A command runs for at most ${most} minutes here.`,
  )
}

const whatToRun = ({ config: { exec }, again }: Own): Refusal => {
  const simple = Object.keys(exec.commands).filter(
    name => Object.keys(exec.commands[name]?.parameters ?? {}).length === 0,
  )
  return refuse(
    'Which command?',
    'Write it behind `--`, for example `-- ps aux`.',
    simple.slice(0, 5).map((name): Offer => ({ label: name, invocation: again({ run: name }) })),
  )
}

/** One container of one task. */
type Chosen = { readonly task: ExecTask; readonly container: ExecContainer; readonly role?: TaskRole }

/** Those of the task's definitions, by ARN. */
type Roles = ReadonlyMap<string, TaskRole>

/** Where is chosen from. */
type Within = { readonly site: ExecSite; readonly roles: Roles; readonly ref: ServiceRef; readonly own: Own }

const readRoles = async (
  ref: ServiceRef,
  { tasks, key }: ExecSite,
  read: Pick<Readers, 'taskRole'>,
): Promise<Roles> => {
  const arns = [...new Set(tasks.flatMap(({ taskRoleArn }) => taskRoleArn ?? []))]
  return new Map(await Promise.all(arns.map(async arn => [arn, await read.taskRole(ref, arn, key)] as const)))
}

const choose = (
  { task: wanted, container }: Pick<Asked, 'task' | 'container'>,
  within: Within,
): readonly Chosen[] | Refusal => {
  const { site, ref, own } = within
  const name = `*${fullName(ref)}*`
  const running = site.tasks.toSorted((a, b) => (`${a.startedAt}${a.id}` < `${b.startedAt}${b.id}` ? -1 : 1))
  const [first] = running
  if (first === undefined)
    return refuse(`${name} has no task that runs.`, 'Without one there is nothing to run a command in.')
  if (wanted === undefined) {
    const tries = running.map(task => chooseContainer(task, container, within))
    const chosen = tries.find(one => !isRefusal(one)) ?? tries[0] ?? refuse(`${name} has no task that runs.`)
    return isRefusal(chosen) ? chosen : [chosen]
  }
  const [task, another] = running.filter(({ id }) => id.startsWith(wanted))
  if (another !== undefined)
    return refuse(`Several tasks of ${name} begin with \`${wanted}\`.`, 'Write more of its id.')
  if (task !== undefined) {
    const chosen = chooseContainer(task, container, within)
    return isRefusal(chosen) ? chosen : [chosen]
  }
  return refuse(
    `${name} has no task \`${wanted}\` any more.`,
    'It can run in another one; that is a plan of its own.',
    running.slice(0, 3).map(({ id }) => ({ label: `Run in ${id.slice(0, 8)}`, invocation: own.again({ task: id }) })),
  )
}

/** Sessions are opened one by one, and each is told in the thread. */
const MOST_TASKS = 50

/** Every task that runs, in the order of their ids; one in which it cannot run is said, before anybody is asked. */
const chooseAll = (container: string | undefined, within: Within): readonly Chosen[] | Refusal => {
  const { site, ref } = within
  const running = site.tasks.filter(({ status }) => status === 'RUNNING').toSorted((a, b) => (a.id < b.id ? -1 : 1))
  if (running.length === 0) return refuse(`*${fullName(ref)}* has no task that runs.`)
  if (running.length > MOST_TASKS)
    return refuse(`*${fullName(ref)}* has ${running.length} tasks; \`--all\` is for at most ${MOST_TASKS}.`)
  const tries = running.map(task => chooseContainer(task, container, within))
  return tries.find(isRefusal) ?? tries.filter((one): one is Chosen => !isRefusal(one))
}

/** What AWS adds to tasks by itself. */
const SIDECAR = /^(?:ecs-service-connect-|aws-guardduty-agent)/

const chooseContainer = (
  task: ExecTask,
  wanted: string | undefined,
  { roles, ref, own: { again } }: Within,
): Chosen | Refusal => {
  const containers = task.containers.filter(({ name }) =>
    wanted === undefined ? !SIDECAR.test(name) : name === wanted,
  )
  const [container, another] = containers
  const named = task.containers.map(({ name }) => `\`${name}\``).join(', ')
  if (container === undefined)
    return refuse(`There is no container \`${wanted ?? ''}\` in task \`${task.id.slice(0, 8)}\`.`, `It has ${named}.`)
  if (another !== undefined)
    return refuse(
      `In which container? Task \`${task.id.slice(0, 8)}\` has ${named}.`,
      undefined,
      containers.slice(0, 5).map(({ name }) => ({ label: name, invocation: again({ container: name }) })),
    )
  const role = roles.get(task.taskRoleArn ?? '')
  const found = hindrances(task, container, role)
  if (found.length === 0) return { task, container, ...(role !== undefined && { role }) }
  const lines = found.map(({ what, fix }) => `• ${what}: ${fix}`).join('\n')
  return refuse(
    `No command can run in \`${container.name}\` of task \`${task.id.slice(0, 8)}\`:\n${lines}`,
    undefined,
    found.some(({ isOff }) => isOff) ? [{ label: 'Switch It On', invocation: `exec enable ${fullName(ref)}` }] : [],
  )
}

const refuseUnlogged = (ref: ServiceRef, { log }: ExecSite, { config }: Own): Refusal | undefined => {
  const isAllowed = config.exec.unlogged.some((rule: Scope) => fits(rule, ref, config))
  if (log !== undefined || accountOf(config, ref).environment !== 'production' || isAllowed) return undefined
  return refuse(
    `Cluster *${ref.cluster}* keeps no log of what is run in its containers, so nothing is run there.`,
    'Set its `executeCommandConfiguration.logging` to `OVERRIDE` with a log group, or allow it in the configuration: `exec.unlogged`.',
  )
}

export const planExec = (state: ExecState): Plan | Refusal => {
  const [first] = state.places
  if (first === undefined) return refuse('Nothing runs there any more.')
  return state.wanted === undefined ? planGrant(state, first) : planCommand(state, first, state.wanted)
}

const planGrant = (
  { ref, site, way, minutes, own, invocation }: ExecState,
  { task, container, role }: Chosen,
): Plan => {
  const as = task.taskRole === undefined ? 'no task role' : `the task role *${task.taskRole}*`
  const roles = role === undefined ? [] : [role]
  const grant: Grant = { minutes, task: task.id, taskArn: task.arn, container: container.name }
  const { corporateId } = own.who
  return {
    kind: 'plan',
    command: 'exec',
    role: 'exec',
    isUnlocked: true,
    invocation,
    target: ref,
    title: `Let ${corporateId} into *${ref.service}*`,
    grant,
    verbatim: lineOf({ target: ref }, grant),
    changes: [
      {
        what: `Tag \`${GRANT_TAG}\` of task \`${task.id.slice(0, 8)}\``,
        from: task.grantee ?? 'nobody',
        to: corporateId,
      },
    ],
    risk: shellRisk(as, roles),
    size: 1,
    tasks: 0,
    totalMinutes: minutes,
    consequences: [
      `For ${minutes} min, in container \`${container.name}\`, which runs \`${task.definition}\`, as root.`,
      ...roles.flatMap(taskRoleLines),
      ...(way === undefined ? [] : [way]),
      'They sign in as themselves, in their own terminal: Quarterdeck neither sees nor passes on what is typed there.',
      site.log === undefined ? '*Amazon ECS keeps no log of it.*' : `Amazon ECS keeps what happens in ${site.log}.`,
      'Then the tag is removed, and every session in that task is ended.',
    ],
    offers: [],
    calls: [grantingOf(grant, own)],
    binds: {
      task: task.id,
      container: container.name,
      'task definition': task.definition,
      'task role': task.taskRole ?? '',
      'its power': powersOf(roles),
      log: site.log ?? '',
      minutes,
    },
    drifts: {},
  }
}

const planCommand = (
  { ref, site, places, way, minutes, keepsGoing, invocation }: ExecState,
  { task, container }: Chosen,
  wanted: Wanted,
): Plan => {
  const as = task.taskRole === undefined ? 'no task role' : `the task role *${task.taskRole}*`
  const roles = [...new Set(places.flatMap(place => place.role ?? []))]
  const shared = sharedProcesses(task)
  const isOne = places.length === 1
  const where = isOne ? `task \`${task.id.slice(0, 8)}\`` : `each of ${places.length} tasks, five at a time`
  return {
    kind: 'plan',
    command: 'exec',
    role: 'exec',
    isUnlocked: true,
    invocation,
    target: ref,
    ...(keepsGoing && { keepsGoing }),
    title: `Run ${wanted.named === undefined ? 'a command' : `*${wanted.named}*`} in ${isOne ? '' : `${places.length} tasks of `}*${ref.service}*`,
    verbatim: shown(wanted.argv),
    changes: [],
    risk:
      wanted.named === undefined
        ? shellRisk(as, roles)
        : { level: 'low', reasons: ['The configuration knows this command word for word'] },
    size: places.length,
    tasks: 0,
    consequences: [
      `In container \`${container.name}\` of ${where}, which runs \`${task.definition}\`, as root, with ${as}.`,
      ...roles.flatMap(taskRoleLines),
      'What it prints is shown in this thread to everybody who can read it, with what looks like a secret hidden.',
      site.log === undefined ? '*Amazon ECS keeps no log of it.*' : `Amazon ECS keeps what happens in ${site.log}.`,
      `Stopped after ${minutes} min if it has not ended by then.`,
      ...(isOne
        ? []
        : [
            keepsGoing
              ? 'It goes on when it fails in one of them.'
              : 'When it fails in one of them, no further five begin.',
          ]),
      ...(shared === undefined ? [] : [shared]),
      ...(way === undefined ? [] : [way]),
      ...container.awsKeys.map(
        key => `Its environment has \`${key}\`: the agent may use that in place of the task role, and not connect.`,
      ),
    ],
    offers: [],
    calls: places.map(place => callOf({ ref, site, minutes }, place, wanted)),
    binds: {
      tasks: places.map(place => place.task.id),
      container: container.name,
      images: [...new Set(places.map(place => place.container.image))],
      'task definitions': [...new Set(places.map(place => place.task.definition))],
      'task roles': [...new Set(places.map(place => place.task.taskRole ?? ''))],
      'their power': powersOf(roles),
      log: site.log ?? '',
    },
    drifts: {},
  }
}

/** `as`: in words, with what. */
const shellRisk = (as: string, roles: readonly TaskRole[]): Plan['risk'] => ({
  level: 'high',
  reasons: [
    `A shell may do whatever ${as} may: its credentials are one request away`,
    ...powersOf(roles).map(power => `That is ${power}`),
  ],
})

/** Consent binds to it: a role may be given more while its name stays. */
const powersOf = (roles: readonly TaskRole[]): readonly string[] => [
  ...new Set(roles.flatMap(role => powerOf(role) ?? [])),
]

const callOf = (
  { ref, site, minutes }: Pick<ExecState, 'ref' | 'site' | 'minutes'>,
  { task, container }: Chosen,
  { argv }: Wanted,
): ExecCall => ({
  service: 'ecs',
  action: 'ExecuteCommand',
  input: { cluster: site.clusterArn, task: task.arn, container: container.name, interactive: true },
  argv,
  minutes,
  // Facts: how the agent names itself to Session Manager, which encryption binds to.
  targetId: `ecs:${ref.cluster}_${task.id}_${container.runtimeId}`,
  ...(site.key !== undefined && { key: site.key }),
  ...(site.logGroup !== undefined && { logGroup: site.logGroup }),
  ...(task.zone !== undefined && { zone: task.zone }),
  resources: [site.clusterArn, task.arn],
  repeatable: false,
})
