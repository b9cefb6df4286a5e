// A message for Slack, as data: what every feature renders and the Slack port sends.

import type { Json } from '../json.ts'
import type { BarsPicture, PanelsPicture } from '../picture.ts'

/** A message: blocks for people who look, text for notifications and screen readers. */
export type Rendered = {
  readonly text: string
  readonly blocks: readonly Block[]
  /** Sent as files, after the message. */
  readonly pictures?: readonly Picture[]
}

/** What a picture shows, as data: it is drawn where it is sent. `alt` says the same in words. */
export type Picture = {
  readonly name: string
  readonly title: string
  readonly alt: string
  readonly data: PanelsPicture | BarsPicture
}

/** Block Kit, checked against Slack's limits when it is sent. */
export type Block = { readonly type: string; readonly [key: string]: Json }
