export { decideSend } from './decide-send.ts';
export { changeFlag } from './dnc.ts';
