// Types for the part of dynalite that the sandbox uses, because dynalite contains no types.
declare module 'dynalite' {
  import type { Server } from 'node:http'
  export default function dynalite(options?: {
    createTableMs?: number
    deleteTableMs?: number
    updateTableMs?: number
    path?: string
  }): Server
}
