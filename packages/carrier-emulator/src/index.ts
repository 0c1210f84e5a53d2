export { MovableClock } from './clock.ts';
export { createEmulator, type Emulator, type EmulatorOptions } from './emulator.ts';
export { FAULT_NAMES, type FaultName, type FaultRule } from './faults.ts';
export { countSegments } from './segments.ts';
export { runTraffic, type TrafficResult } from './traffic/run.ts';
