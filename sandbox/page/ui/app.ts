// The interface that all parts of the page use.
import type { Json } from '../../slack/types.ts'
import type { Store, Where } from './store.ts'

export type App = {
  readonly store: Store
  /** Performs an action as the person of this page. If it fails, shows the error on the page and returns undefined. */
  act(path: string, body: Json): Promise<Json | undefined>
  /** The URL of a file. */
  fileUrl(id: string): string
  go(where: Where): void
  switchTo(user: string): void
  /** Announces a text to screen readers. */
  announce(text: string): void
  update(): void
}

/** A part of the page. It is created once and is updated after each change. */
export type Part = { readonly element: HTMLElement; update(): void }
