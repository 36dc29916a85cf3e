/** Fixtures: a run as the studio tells it, for the tests beside this file. */
import type { Config, PlanField, Run, Sample } from './wire'

function config(): Config {
  return { preset: 'small', size: 64, batch: 16, gamma: 0.0512 } as Config
}

export function runWith(part: Partial<Run> = {}): Run {
  return {
    id: 'r1', project_id: 'p1', job_id: null, job_state: '', name: 'Faces 64', notes: '', network_id: 'n1', state: 'training', wanted: 'run', kimg: 100, total_kimg: 400, snapshot_kimg: 20, seconds: 3600, left_seconds: 10_800,
    pictures_per_second: 27.8, p: 0.21, tick: null, sentence: '', warnings: [], advice: [], config: config(), differences: [], fit: 'exact', aspect: null,
    version: { kind: 'version', id: 'v1', dataset_id: 'd1', dataset_name: 'ines', number: 3, name: 'ines, v3', count: 400, width: 64, height: 64, num_classes: 0 },
    start: null, service_name: 'Attic GPU', device: 'CPU', phase: 'training', queue_place: null, checkpoint_kimg: 96, checkpoint_bytes: null, metrics: {}, snapshots: 5, newest_snapshot_id: 's5',
    grid_url: null, thumbnail_url: null, created_by: 'u1', created_by_name: 'Ines', created_at: '2026-01-05T10:00:00Z', finished_at: null, revision: 1, is_binned: false, ...part,
  }
}

export function sampleAt(kimg: number, metrics: Record<string, number> = {}, notes: string[] = []): Sample {
  return { id: `sample-${kimg}`, kimg, seconds: kimg * 36, snapshot_id: `s-${kimg}`, created_at: '2026-01-05T10:00:00Z', grid_url: `/grid/${kimg}`, width: 512, height: 256, sheet_url: null, thumbnail_url: null, metrics, notes }
}

export function fieldWith(part: Partial<PlanField>): PlanField {
  return {
    name: 'batch', title: 'Batch', description: '', group: 'Learning', value: 16, default: 16, changed: false, kind: 'integer', choices: null, minimum: 2, maximum: 512, optional: false, advanced: false, fixed: false, ...part,
  }
}
