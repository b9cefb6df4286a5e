// The type of a command: a declaration and its functions. `query`, `mutation` and `setting` only help type inference.

import type { Call, NewPlan, Plan } from '../engine/change/plan.ts'
import type { Memory, Progress } from '../engine/change/progress.ts'
import type { Asker } from '../engine/rules/asker.ts'
import type { Halt, PlaceLock, RuleInputs } from '../engine/rules/rule-inputs.ts'
import type { Snooze } from '../features/cost/snooze.ts'
import type { Incident } from '../features/incidents/incident/incident.ts'
import type { Subject, Subscription } from '../features/incidents/problems/subscription.ts'
import type { FollowAsked } from '../features/logs/ask-follow.ts'
import type { ChannelDefaults } from '../features/services/channel-defaults.ts'
import type { Extent } from '../features/services/places.ts'
import { NOW_READS } from '../features/status/load-now.ts'
import type { Declaration, Spec, Specs } from '../kit/language/declaration.ts'
import type { Values } from '../kit/language/grammar.ts'
import type { GroupTarget } from '../kit/language/log-target.ts'
import type { Place } from '../kit/language/place.ts'
import type { Actor, Service, ServiceRef } from '../model/ecs.ts'
import type { Refusal } from '../model/errors.ts'
import type { Rendered } from '../model/ports/message.ts'
import type { SlackFile } from '../model/ports/slack.ts'
import type { Readers } from './readers.ts'

/** The argument values after resolving: a target has become one service, a place has its services. */
type Resolved = Omit<Values, 'service' | 'set' | 'logs' | 'place'> & {
  readonly service: ServiceRef
  /** A set is planned service by service. */
  readonly set: ServiceRef
  readonly logs: ServiceRef | GroupTarget
  readonly place: Extent
}

type ValueOf<S extends Spec> = S extends { readonly optional: true }
  ? Resolved[S['kind']] | undefined
  : Resolved[S['kind']]
type ValuesOf<Args extends Specs, Options extends Specs> = { readonly [K in keyof Args]: ValueOf<Args[K]> } & {
  readonly [K in keyof Options]?: Resolved[Options[K]['kind']]
}

type Described<Args extends Specs, Options extends Specs> = {
  readonly name: string
  readonly summary: string
  readonly args: Args
  readonly options: Options
  readonly examples: readonly string[]
  /** The IAM actions of the viewer role that the command needs. */
  readonly reads: readonly string[]
}

type MutationCode<Values, State> = {
  /** The IAM actions of the writer roles that the command needs. */
  readonly writes: readonly string[]
  /** The role that has these actions, if not the operator's. It is also the role of the command's plans. */
  readonly role?: 'deployer' | 'gate'
  readonly load: (values: Values, read: Readers, asker: Asker) => Promise<State | Refusal>
  readonly plan: (values: Values, state: State) => NewPlan | Refusal
  /** What the command does to many services; absent if it takes one only. */
  readonly many?: Many<Values>
  /**
   * After a crash: whether this call, which must not be repeated, reached AWS. `plan.binds` contains the state before
   * the call. `registered`: the ARN that a registration gave.
   */
  readonly applied?: (
    call: Call,
    plan: Plan,
    read: Readers,
  ) => Promise<boolean | 'unknown' | { readonly registered: string }>
  /**
   * How far the plan has taken effect. `since`: when its calls began. `memory`: what the previous poll returned.
   * Without this function a plan is done when its calls are.
   */
  readonly settled?: (plan: Plan, since: string, now: string, read: Readers, memory?: Memory) => Promise<Progress>
}

/** A command over many services: each is judged by what DescribeServices says, and planned in full when its turn comes. */
export type Many<Values> = {
  /** The verb and its participle: `Restart`, `restarted`. */
  readonly verb: string
  readonly done: string
  /** The line for one service. */
  readonly lineFor: (ref: ServiceRef, values: Values, asker: Asker) => string
  /** The part of the plan that the rules judge, or why the service is left out. */
  readonly weigh: (
    service: Service,
    values: Values,
    asker: Asker,
  ) => Pick<Plan, 'risk' | 'role' | 'also' | 'totalMinutes'> | Refusal
  readonly undo: string
  /** The line that takes back the set, if there is one. `set`: as typed, quoted where needed. */
  readonly takeBack?: (set: string) => string
  /** The services that the command is about; the others are left out without a word. */
  readonly among?: (refs: readonly ServiceRef[], asker: Asker) => Promise<readonly ServiceRef[]>
  /** What the approval binds each service to, besides its version. */
  readonly binds?: (ref: ServiceRef, asker: Asker) => Promise<Readonly<Record<string, string>>>
  /** Lines of `losses` about all services together. */
  readonly sums?: (services: readonly Service[], read: Readers) => Promise<readonly string[]>
  /** What runs later without another approval. */
  readonly included?: (values: Values, asker: Asker) => readonly string[]
}

type QueryCode<Values, State> = {
  readonly load: (values: Values, read: Readers, asker: Asker) => Promise<State | Refusal>
  readonly render: (state: State, values: Values) => Rendered
  /** Whether answers may have pictures, which are sent only with `--chart`. */
  readonly hasPictures?: true
  /** A file for the requester's direct messages; undefined if none was requested. */
  readonly file?: (state: State, values: Values) => SlackFile | undefined
  /** A log follow to start instead of an answer; undefined if none was requested. */
  readonly follow?: (values: Values, read: Readers, asker: Asker) => Promise<FollowAsked | Refusal | undefined>
}

/** A change of Quarterdeck's own state, as data. decision/change-setting.ts applies it after recording it in the audit. */
export type SettingChange =
  | { readonly kind: 'lock'; readonly hold: PlaceLock }
  | { readonly kind: 'unlock'; readonly name: string }
  | { readonly kind: 'halt'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'here'; readonly channel: string; readonly here: ChannelDefaults }
  | { readonly kind: 'forget here'; readonly channel: string }
  | { readonly kind: 'snooze finding'; readonly service: string; readonly snooze: Snooze }
  | { readonly kind: 'subscribe'; readonly subscription: Subscription }
  | { readonly kind: 'unsubscribe'; readonly channel: string; readonly subject: Subject }
  | { readonly kind: 'snooze problem'; readonly channel: string; readonly problem: string; readonly until: string }
  | { readonly kind: 'open incident'; readonly incident: Incident }
  | {
      readonly kind: 'incident step'
      readonly incident: string
      /** Absent for a note, which only the audit keeps. */
      readonly set?: Pick<Incident, 'acknowledged' | 'mitigated' | 'closed'>
      /** The Slack user who confirms it: the approval rules for incidents then hold. */
      readonly confirmedBy?: string
    }

/** The state from which a setting command computes its change. */
export type SettingState = {
  readonly actor: Actor
  readonly now: string
  /** The place that the line names; the actor has the setting's right there. */
  readonly place: Place | undefined
  readonly facts: RuleInputs
  /** The halt from Slack, where there is one. */
  readonly halt: Halt | undefined
  /** All services that the actor may view. */
  readonly index: readonly ServiceRef[]
  /** The channel of the request. `here`: the channel's defaults. */
  readonly channel: string
  readonly here: ChannelDefaults | undefined
  readonly thread?: string
  /** The channel's subscriptions, those that the actor may see. */
  readonly subscriptions: readonly Subscription[]
  /** The id of the request. */
  readonly request: string
  /** The open incident that the line means, if the actor may view its service. */
  readonly incident?: Incident
  /** The actor is the second person on call: by acknowledging, they confirm the incident. */
  readonly mayConfirm?: true
}

/**
 * Who may change a setting. `anyone`: everyone listed under `people`, without any look-up. `resume`: see mayResume.
 * `operate`: operators of the place that the line names. `defaults`: operators of every place and favourite that bare names
 * in the channel then mean or meant; in their direct messages with the bot, everyone. `subscribe`: viewers of the place, in a
 * channel without outsiders. `channel`: everyone who is listed, for what is posted in the channel. `incident`: viewers of the
 * incident's service; an incident gives no right.
 */
export type SettingRight = 'anyone' | 'resume' | 'operate' | 'defaults' | 'subscribe' | 'channel' | 'incident'

type SettingCode<Values> = {
  readonly right: SettingRight
  /** Places that count as one: clusters of one name in several regions. */
  readonly merge?: (places: readonly Place[]) => readonly Place[]
  /** `text`: posted in the channel once the change is applied. */
  readonly change: (
    values: Values,
    state: SettingState,
  ) => { readonly change: SettingChange; readonly text: string } | Refusal
}

/*
 * The type of a command in the registry, a list of commands with different argument types. Each command itself is fully
 * typed.
 */
// biome-ignore lint/suspicious/noExplicitAny: a list of differently typed commands has no common argument type
type Boundary = any
export type AnyMutation = { readonly kind: 'mutation' } & Described<Specs, Specs> & MutationCode<Boundary, Boundary>
export type AnyQuery = { readonly kind: 'query' } & Described<Specs, Specs> & QueryCode<Boundary, Boundary>
export type AnySetting = { readonly kind: 'setting' } & Described<Specs, Specs> & SettingCode<Boundary>
export type AnyCommand = AnyMutation | AnyQuery | AnySetting | (Declaration & { readonly kind: 'help' })

/** The options that every mutation has. */
export const everyMutation = {
  reason: { kind: 'text', hint: 'reason, for the approver and the audit' },
  'dry-run': { kind: 'flag', hint: 'show the plan without requesting it' },
  'break-glass': { kind: 'flag', hint: 'emergency without approval; needs a reason, notifies people and is reviewed' },
  /** The operation that the button *Undo* takes back. */
  undo: { kind: 'id', hidden: true },
} as const satisfies Specs

/** The option of queries whose answers have pictures. */
const everyPicture = {
  chart: { kind: 'flag', hint: 'also as a picture, in a direct message' },
} as const satisfies Specs

/** The options that every query of AWS has. */
export const everyQuery = {
  explain: { kind: 'flag', hint: 'also show the number of AWS calls' },
  share: { kind: 'flag', hint: 'answer visible to everyone in the channel' },
} as const satisfies Specs

export const mutation = <const Args extends Specs, const Options extends Specs, State>(
  definition: Described<Args, Options> & MutationCode<ValuesOf<Args, Options>, State>,
): AnyMutation => ({
  ...definition,
  kind: 'mutation',
  options: { ...definition.options, ...everyMutation },
  reads: [...new Set([...definition.reads, ...NOW_READS])],
})

export const query = <const Args extends Specs, const Options extends Specs, State>(
  definition: Described<Args, Options> & QueryCode<ValuesOf<Args, Options>, State>,
): AnyQuery => ({
  ...definition,
  kind: 'query',
  options: {
    ...definition.options,
    ...(definition.hasPictures && everyPicture),
    ...(definition.reads.length > 0 && everyQuery),
  },
})

export const setting = <const Args extends Specs, const Options extends Specs>(
  definition: Described<Args, Options> & SettingCode<ValuesOf<Args, Options>>,
): AnySetting => ({ ...definition, kind: 'setting' })

/** The declaration of a command, without its functions. */
export const declare = ({ kind, name, summary, args, options, examples }: AnyCommand): Declaration => ({
  kind,
  name,
  summary,
  args,
  options,
  examples,
})
