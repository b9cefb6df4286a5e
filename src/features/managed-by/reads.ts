// What is read of AWS about who else manages a service.

import type { Service, ServiceRef } from '../../model/ecs.ts'
import type { Provenance } from './managed-by.ts'
import type { Undone } from './template-line.ts'

export type ManagedByReads = {
  /** Who else manages the service, and which line there will undo a change of `undone`; undefined when nobody is known to. */
  readonly managedBy: (ref: ServiceRef, tags: Service['tags'], undone?: Undone) => Promise<Provenance | undefined>
}
