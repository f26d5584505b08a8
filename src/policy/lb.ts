import { nodesWith } from "../core/cluster.ts";
import type { Cluster, Node } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import { desire } from "../core/operation.ts";
import { Secret } from "../core/secret.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import type { Cib } from "../ops/cib.ts";
import { fileItem } from "../ops/file.ts";
import { configuration, pacemaker } from "../ops/pacemaker.ts";
import { unitItem } from "../ops/systemd.ts";
import { corosyncStages, pairDefaults } from "./corosync.ts";
import { floatingAddress, vip } from "./floating.ts";

/** Where nginx reads the site's certificate, those it comes with, and its key. */
export const certificate = "/etc/nginx/site.pem";

/** `nginx.conf` of a balancer: 80 and 443 to all web servers; health and numbers for the node itself on 8080. */
function balancerConf(cluster: Cluster): string {
  const servers = nodesWith(cluster, "web").map(
    (node) => `    server ${node.privateIp}:80 max_fails=2 fail_timeout=5s;\n`,
  );
  return `user www-data;
worker_processes auto;
pid /run/nginx.pid;
include /etc/nginx/modules-enabled/*.conf;
events {
  worker_connections 1024;
}
http {
  server_tokens off;
  access_log /var/log/nginx/access.log;
  error_log /var/log/nginx/error.log;
  upstream web {
    zone web 64k;
${servers.join("")}    keepalive 32;
  }
  ssl_certificate ${certificate};
  ssl_certificate_key ${certificate};
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:tls:1m;
  client_max_body_size 64m;
  server {
    listen 80 default_server;
    listen [::]:80 default_server;
    listen 443 ssl default_server;
    listen [::]:443 ssl default_server;
    location / {
      proxy_pass http://web;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_connect_timeout 2s;
      proxy_next_upstream error timeout http_502 http_503 http_504;
      proxy_next_upstream_tries 3;
    }
  }
  server {
    listen 127.0.0.1:8080;
    access_log off;
    location = /healthz {
      return 200 "ok\\n";
    }
    location = /nginx_status {
      stub_status;
    }
  }
}
`;
}

/** What a balancer passes requests on to; nginx takes it up without ending a connection. */
export function balancerStages(cluster: Cluster, secrets: ClusterSecrets): Stage[] {
  const conf = "/etc/nginx/nginx.conf";
  const pem = new Secret(`${secrets.site.certificate.trimEnd()}\n${secrets.site.key.reveal()}`);
  return [
    {
      name: "balancer configuration",
      items: [fileItem(conf, balancerConf(cluster)), fileItem(certificate, pem, { mode: "0600" })],
    },
    {
      name: "balancer",
      // Pacemaker starts it at boot.
      items: [
        unitItem("nginx.service", {
          enabled: false,
          watch: [conf, certificate],
          onChange: "reload",
          validate: ["nginx", "-t", "-q"],
        }),
      ],
    },
  ];
}

/** A balancer: nginx runs on both at all times, Pacemaker watches it and puts the address where it runs. */
export function lbStages(cluster: Cluster, _node: Node, secrets: ClusterSecrets): Stage[] {
  return [...balancerStages(cluster, secrets), ...corosyncStages(cluster, "lb", secrets)];
}

/** The resources of the balancers. */
export function lbCib(cluster: Cluster): Cib {
  return {
    ...pairDefaults,
    resources: [
      {
        kind: "clone",
        primitive: {
          id: "nginx",
          agent: "systemd:nginx",
          operations: [
            { name: "start", timeout: "60s" },
            { name: "stop", timeout: "60s" },
            { name: "monitor", interval: "10s", timeout: "20s" },
          ],
        },
        meta: { interleave: "true" },
      },
      { kind: "primitive", primitive: floatingAddress(cluster.floating.lb) },
    ],
    follows: [{ resource: vip, after: "nginx-clone" }],
  };
}

/** What the pair runs together; for one of its nodes, once both are online. */
export function lbService(cluster: Cluster): Stage[] {
  return [{ name: "balancer resources", items: [desire(pacemaker, configuration(lbCib(cluster)))] }];
}
