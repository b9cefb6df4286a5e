// The state of the page: the data that the server has sent, and the selected channel and thread.
import type { Change, Channel, Message, OpenView, User, UserGroup, View } from '../../slack/types.ts'
import { tsToMs } from './dates.ts'
import type { AwsCall, ControlChange, Knob, Pushed, Snapshot } from './wire.ts'

const MOST_CALLS = 400

export type Where = { readonly channel: string; readonly tab: 'messages' | 'home'; readonly thread?: string }

export class Store {
  me = ''
  snapshot: Snapshot | undefined
  users = new Map<string, User>()
  groups = new Map<string, UserGroup>()
  channels = new Map<string, Channel>()
  messages = new Map<string, Map<string, Message>>()
  ephemerals = new Map<string, Message>()
  views: readonly OpenView[] = []
  home: View | undefined
  reads: Record<string, string> = {}
  calls: AwsCall[] = []
  knobs: readonly Knob[] = []
  speed = 1
  where: Where = { channel: '', tab: 'messages' }
  #worldTime = 0
  #realTime = 0

  /** World time in epoch milliseconds, calculated from the last value that the server sent. */
  now(): number {
    return this.#worldTime + (performance.now() - this.#realTime) * this.speed
  }

  #setTime(time: number): void {
    this.#worldTime = time
    this.#realTime = performance.now()
  }

  apply(pushed: Pushed): void {
    switch (pushed.kind) {
      case 'snapshot':
        this.#start(pushed.snapshot)
        break
      case 'change':
        this.#setTime(pushed.time)
        this.#change(pushed.change)
        break
      case 'control':
        this.#control(pushed.change)
    }
  }

  #start(snapshot: Snapshot): void {
    this.snapshot = snapshot
    this.me = snapshot.me
    this.users = new Map(snapshot.users.map(user => [user.id, user]))
    this.groups = new Map(snapshot.groups.map(group => [group.id, group]))
    this.channels = new Map(snapshot.channels.map(channel => [channel.id, channel]))
    this.messages = new Map()
    for (const message of snapshot.messages) this.#putMessage(message)
    this.ephemerals = new Map(snapshot.ephemerals.map(message => [message.ts, message]))
    this.views = snapshot.views
    this.home = snapshot.home
    this.reads = { ...snapshot.reads }
    this.calls = [...snapshot.control.calls]
    this.knobs = snapshot.control.knobs
    this.speed = snapshot.control.speed
    this.#setTime(snapshot.control.time)
    if (!this.channels.has(this.where.channel) || !this.#isMine(this.where.channel)) {
      this.where = { channel: snapshot.channels[0]?.id ?? '', tab: 'messages' }
    }
  }

  #isMine(channel: string): boolean {
    return this.channels.get(channel)?.members.includes(this.me) ?? false
  }

  #putMessage(message: Message): void {
    const messages = this.messages.get(message.channel) ?? new Map<string, Message>()
    messages.set(message.ts, message)
    this.messages.set(message.channel, messages)
  }

  #change(change: Change): void {
    switch (change.kind) {
      case 'message':
        this.#putMessage(change.message)
        return
      case 'deleted':
        this.messages.get(change.channel)?.delete(change.ts)
        return
      case 'ephemeral':
        this.ephemerals.set(change.message.ts, change.message)
        return
      case 'ephemeral-deleted':
        this.ephemerals.delete(change.ts)
        return
      case 'channel':
        this.channels.set(change.channel.id, change.channel)
        return
      case 'user':
        this.users.set(change.user.id, change.user)
        return
      case 'views':
        this.views = change.views
        return
      case 'home':
        this.home = change.view
        return
      case 'read':
        this.reads[change.channel] = change.ts
    }
  }

  #control(change: ControlChange): void {
    if (change.kind === 'call') {
      this.calls.push(change.call)
      if (this.calls.length > MOST_CALLS) this.calls.shift()
      return
    }
    this.knobs = change.knobs
    this.speed = change.speed
    this.#setTime(change.time)
  }

  // Functions that read the state

  myChannels(): readonly Channel[] {
    return [...this.channels.values()].filter(channel => channel.members.includes(this.me) && !channel.archived)
  }

  people(): readonly User[] {
    return [...this.users.values()].filter(user => !user.isBot && !user.deleted)
  }

  nameOf(user: string): string {
    return this.users.get(user)?.displayName ?? user
  }

  #inOrder(messages: readonly Message[]): readonly Message[] {
    return messages.toSorted((a, b) => tsToMs(a.ts) - tsToMs(b.ts) || (a.ts < b.ts ? -1 : 1))
  }

  /** The messages of a channel that are not replies in threads. */
  timeline(channel: string): readonly Message[] {
    const all = [...(this.messages.get(channel)?.values() ?? []), ...this.ephemerals.values()]
    return this.#inOrder(
      all.filter(
        message => message.channel === channel && (message.thread_ts === undefined || message.thread_ts === message.ts),
      ),
    )
  }

  thread(channel: string, ts: string): readonly Message[] {
    const all = [...(this.messages.get(channel)?.values() ?? []), ...this.ephemerals.values()]
    return this.#inOrder(
      all.filter(message => message.channel === channel && (message.ts === ts || message.thread_ts === ts)),
    )
  }

  unread(channel: string): number {
    const read = this.reads[channel] ?? ''
    return this.timeline(channel).filter(message => message.ts > read && message.user !== this.me).length
  }
}
