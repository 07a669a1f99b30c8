import type { Program } from './programs.ts';

/** How long both let a connection lie idle, in seconds. */
export const IDLE_CUT_S = 5;

/** nginx before a server: TLS, HTTP/2 where the client wants it, and upgrades if it is told to pass them on. */
export function nginx(upstream: number, passesUpgrades: boolean): Program {
  return {
    name: 'nginx',
    install: 'nginx',
    args: ({ folder, config }) => ['-p', folder, '-c', config, '-e', 'stderr'],
    config: ({ folder, port }) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    keepalive_timeout ${IDLE_CUT_S}s;
    proxy_read_timeout ${IDLE_CUT_S}s;
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      proxy_buffering off;
      ${passesUpgrades ? 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;' : ''}
    }
  }
}
`,
  };
}

/** HAProxy before a server: TLS, HTTP/2 where the client wants it, upgrades. */
export function haproxy(upstream: number): Program {
  return {
    name: 'haproxy',
    install: 'haproxy',
    args: ({ config }) => ['-db', '-f', config],
    config: ({ folder, port }) => `
global
  log stderr local0 err
defaults
  mode http
  timeout connect ${IDLE_CUT_S}s
  timeout client ${IDLE_CUT_S}s
  timeout server ${IDLE_CUT_S}s
  timeout tunnel ${IDLE_CUT_S}s
  timeout http-keep-alive ${IDLE_CUT_S}s
frontend front
  bind 127.0.0.1:${port} ssl crt ${folder}/both.pem alpn h2,http/1.1
  default_backend back
backend back
  server mock 127.0.0.1:${upstream}
`,
  };
}

/** tinyproxy, which opens tunnels for whoever knows its user and password. */
export const tinyproxy: Program = {
  name: 'tinyproxy',
  install: 'tinyproxy',
  args: ({ config }) => ['-d', '-c', config],
  config: ({ port }) => `
Port ${port}
Listen 127.0.0.1
Allow 127.0.0.1
Timeout 600
LogLevel Error
BasicAuth somebody secret-word
`,
};
