// How the admin center is built and, while developing, served. The result must be the same for the
// same sources on every machine (dist/STAMP says which sources it belongs to), must run under a
// Content-Security-Policy without 'unsafe-inline', and under any path prefix: relative addresses only.
/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

// The server that the development server hands requests to.
const server = loadEnv('', '.', 'RELAIS_')['RELAIS_SERVER'] ?? 'https://127.0.0.1:10443';
const proxy = { target: server, secure: false, changeOrigin: true };

export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The licences of what is inside, beside it.
    license: { fileName: 'licenses.txt' },
  },
  server: { proxy: { '/api': proxy, '/sandbox': proxy, '/readyz': proxy } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
});
