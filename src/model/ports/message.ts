// A Slack message as data: features render it, the Slack port sends it.

import type { Json } from '../json.ts'
import type { BarsPicture, PanelsPicture, RowsPicture } from '../picture.ts'

/** A rendered message. `text`: its plain-text form, for notifications and screen readers. */
export type Rendered = {
  readonly text: string
  readonly blocks: readonly Block[]
  /** The pictures, uploaded as files after the message, with `--chart` only. */
  readonly pictures?: readonly Picture[]
}

/** A chart, drawn when it is sent. `alt`: the same content in words. */
export type Picture = {
  readonly name: string
  readonly title: string
  readonly alt: string
  readonly data: PanelsPicture | BarsPicture | RowsPicture
}

/** A Block Kit block; Slack's limits are checked when it is sent. */
export type Block = { readonly type: string; readonly [key: string]: Json }
