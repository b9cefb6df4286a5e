// The registry of commands: one line for each command.

import { audit } from './audit.ts'
import { bounds } from './autoscale/bounds.ts'
import { createForecast } from './autoscale/forecast/create.ts'
import { pauseForecast } from './autoscale/forecast/pause.ts'
import { promoteForecast } from './autoscale/forecast/promote.ts'
import { forecast } from './autoscale/forecast/show.ts'
import { resumeScaling } from './autoscale/resume.ts'
import { schedule } from './autoscale/schedule.ts'
import { show } from './autoscale/show.ts'
import { suspend } from './autoscale/suspend.ts'
import { track } from './autoscale/track.ts'
import { unschedule } from './autoscale/unschedule.ts'
import { untrack } from './autoscale/untrack.ts'
import { attachProvider } from './capacity/attach.ts'
import { escapeSpot } from './capacity/escape.ts'
import { returnCapacity } from './capacity/return.ts'
import { setCapacity } from './capacity/set.ts'
import { showCapacity } from './capacity/show.ts'
import { check } from './check.ts'
import type { AnyCommand } from './command.ts'
import { applyCost } from './cost/apply.ts'
import { compareCost } from './cost/compare.ts'
import { showCost } from './cost/show.ts'
import { snoozeCost } from './cost/snooze.ts'
import { deploy } from './deploy/deploy.ts'
import { deployments } from './deployments.ts'
import { listDigests } from './digest/list.ts'
import { previewDigest } from './digest/preview.ts'
import { events } from './events.ts'
import { enableExec } from './exec/enable.ts'
import { exec } from './exec/run.ts'
import { execSessions } from './exec/sessions.ts'
import { terminateExec } from './exec/terminate.ts'
import { continueGate } from './gate/continue.ts'
import { gates } from './gate/list.ts'
import { rollbackGate } from './gate/rollback.ts'
import { halt } from './halt.ts'
import { help } from './help.ts'
import { clearHere } from './here/clear.ts'
import { setHere } from './here/set.ts'
import { here } from './here/show.ts'
import { openIncident } from './incident/open.ts'
import { acknowledgeIncident, closeIncident, mitigateIncident, noteIncident } from './incident/steps.ts'
import { incidentTimeline } from './incident/timeline.ts'
import { extendLease } from './lease/extend.ts'
import { keepLease } from './lease/keep.ts'
import { leases } from './lease/list.ts'
import { lock } from './lock.ts'
import { logs } from './logs.ts'
import { snooze } from './problems/snooze.ts'
import { subscribe } from './problems/subscribe.ts'
import { subscriptions } from './problems/subscriptions.ts'
import { unsubscribe } from './problems/unsubscribe.ts'
import { restart } from './restart.ts'
import { resume } from './resume.ts'
import { rollback } from './rollback/rollback.ts'
import { run } from './run.ts'
import { scale } from './scale/scale.ts'
import { services } from './services.ts'
import { status } from './status.ts'
import { stop } from './stop/stop.ts'
import { tasks } from './tasks.ts'
import { unlock } from './unlock.ts'
import { whoami } from './whoami.ts'
import { why } from './why.ts'

export const commands: readonly AnyCommand[] = [
  services,
  status,
  tasks,
  events,
  deployments,
  why,
  logs,
  check,
  scale,
  restart,
  stop,
  run,
  exec,
  enableExec,
  execSessions,
  terminateExec,
  deploy,
  rollback,
  gates,
  continueGate,
  rollbackGate,
  show,
  bounds,
  suspend,
  resumeScaling,
  showCapacity,
  setCapacity,
  escapeSpot,
  returnCapacity,
  attachProvider,
  showCost,
  compareCost,
  applyCost,
  snoozeCost,
  listDigests,
  previewDigest,
  schedule,
  unschedule,
  track,
  untrack,
  forecast,
  createForecast,
  promoteForecast,
  pauseForecast,
  leases,
  extendLease,
  keepLease,
  lock,
  unlock,
  halt,
  resume,
  here,
  setHere,
  clearHere,
  subscriptions,
  subscribe,
  unsubscribe,
  snooze,
  openIncident,
  acknowledgeIncident,
  noteIncident,
  mitigateIncident,
  incidentTimeline,
  closeIncident,
  audit,
  whoami,
  help,
]
