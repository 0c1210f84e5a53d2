export { decideSend, decideSends } from './decide-send.ts';
export { changeFlag } from './dnc.ts';
