/** What the capture page asks the studio for, beside the line to the device. */
import { get } from '../wire/api'
import type { CaptureDevice, Dataset, Items, Page, Portrait, Session } from '../wire/types'

type Signalled = { signal: AbortSignal }

export const NEWEST = 60

export const captureQueries = {
  devices: (project: string) => ({
    queryKey: ['devices', project],
    queryFn: ({ signal }: Signalled) => get<Items<CaptureDevice>>(`/projects/${project}/devices`, signal),
  }),
  datasets: (project: string) => ({
    queryKey: ['datasets', project],
    queryFn: ({ signal }: Signalled) => get<Items<Dataset>>(`/projects/${project}/datasets`, signal),
  }),
  /** Of one device, newest first. A session is among them once the device could tell of it. */
  sessions: (device: string) => ({
    queryKey: ['capture-sessions', device],
    queryFn: ({ signal }: Signalled) => get<Items<Session>>(`/devices/${device}/sessions`, signal),
  }),
  /** The newest portraits of one session. */
  newest: (dataset: string, session: string) => ({
    queryKey: ['capture-newest', dataset, session],
    queryFn: ({ signal }: Signalled) => {
      const filter = encodeURIComponent(JSON.stringify({ sessions: [session], descending: true }))
      return get<Page<Portrait>>(`/datasets/${dataset}/portraits?filter=${filter}&limit=${NEWEST}`, signal)
    },
  }),
}
