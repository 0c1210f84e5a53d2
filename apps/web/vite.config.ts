import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// `npm run dev` style work against a running server: everything that is not the desk itself goes to it.
const server = process.env.PATCHLINE_SERVER ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    // Nothing becomes a data: address: the content security policy names only our own origin for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { port: 5173, proxy: { '/api': server } },
});
