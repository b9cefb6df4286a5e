// The protocol between the page and its server, and the interface of the World panel.
import type {
  Change,
  Channel,
  Message,
  MessageShortcut,
  OpenView,
  SlashCommand,
  User,
  UserGroup,
  View,
} from '../../slack/types.ts'

/** A call that the simulated AWS received. `at`: world time in epoch milliseconds. */
export type AwsCall = {
  readonly at: number
  readonly service: string
  readonly action: string
  readonly region: string
  /** The session of the calling role, such as `quarterdeck-operator/U0REQUEST-op-12`. */
  readonly caller: string
  readonly status: 'allowed' | 'denied' | 'throttled' | 'failed'
  /** The error code, if the call failed. */
  readonly code?: string
  /** A short description of the resource and the change. */
  readonly summary: string
}

/** A control of the World panel that changes the simulated world. */
export type Knob = {
  readonly id: string
  readonly label: string
  readonly kind: 'button' | 'select' | 'number'
  readonly group?: string
  readonly hint?: string
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  readonly value?: string | number
  readonly danger?: boolean
}

/** The state of the World panel. `time`: world time in epoch milliseconds. `speed`: world seconds per real second. */
export type ControlSnapshot = {
  readonly calls: readonly AwsCall[]
  readonly knobs: readonly Knob[]
  readonly time: number
  readonly speed: number
}

export type ControlChange =
  | { readonly kind: 'call'; readonly call: AwsCall }
  | { readonly kind: 'world'; readonly knobs: readonly Knob[]; readonly time: number; readonly speed: number }

export type Control = {
  snapshot(): ControlSnapshot
  turn(id: string, value?: string | number): void | Promise<void>
  /** Subscribes to changes. Returns a function that unsubscribes. */
  subscribe(listener: (change: ControlChange) => void): () => void
}

/** The state that one person sees when the page opens. */
export type Snapshot = {
  readonly me: string
  readonly team: { readonly id: string; readonly name: string }
  readonly bot: { readonly userId: string; readonly name: string }
  readonly users: readonly User[]
  readonly groups: readonly UserGroup[]
  readonly channels: readonly Channel[]
  readonly messages: readonly Message[]
  readonly ephemerals: readonly Message[]
  readonly views: readonly OpenView[]
  readonly home?: View
  readonly reads: { readonly [channel: string]: string }
  readonly commands: readonly SlashCommand[]
  readonly shortcuts: readonly MessageShortcut[]
  /** The key that allows reading files at `/ui/files/<id>?key=`. */
  readonly fileKey: string
  readonly control: ControlSnapshot
}

export type Pushed =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'change'; readonly change: Change; readonly time: number }
  | { readonly kind: 'control'; readonly change: ControlChange }
