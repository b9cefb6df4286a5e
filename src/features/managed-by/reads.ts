// The read that finds the tool that manages a service.

import type { Service, ServiceRef } from '../../model/ecs.ts'
import type { Provenance } from './managed-by.ts'
import type { Undone } from './template-line.ts'

export type ManagedByReads = {
  /**
   * Finds the tool that manages the service, and the line of its source that reverts `undone`; undefined if no tool is
   * known.
   */
  readonly managedBy: (ref: ServiceRef, tags: Service['tags'], undone?: Undone) => Promise<Provenance | undefined>
}
