import type { Cluster, Node } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import { desire } from "../core/operation.ts";
import { Secret } from "../core/secret.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import { fileItem } from "../ops/file.ts";
import { directory } from "../ops/paths.ts";
import { statusRow } from "../ops/statusrow.ts";
import { unitItem } from "../ops/systemd.ts";
import { exportPath } from "./nfs.ts";
import { settingsPhp, statusPage, statusPhp, statusSettings } from "./status-page.ts";

/** Where a web server mounts the content. */
const contentPath = "/srv/www";
const statusFile = `${contentPath}/nonet-status.txt`;
const mountUnit = "srv-www.mount";

const fastcgi = (script: string): string => `fastcgi_pass unix:/run/php/php8.2-fpm.sock;
      include fastcgi_params;
      fastcgi_param SCRIPT_FILENAME ${script};`;

function siteServer(cluster: Cluster): string {
  const { domains, documentRoot } = cluster.blueprint.site;
  if (domains.length === 0) return "";
  return `  server {
    listen 80;
    server_name ${domains.join(" ")};
    root ${contentPath}/${documentRoot};
    index index.php index.html;
    location / {
      try_files $uri $uri/ /index.php$is_args$args;
    }
    location ~ \\.php$ {
      try_files $uri =404;
      ${fastcgi("$document_root$fastcgi_script_name")}
    }
  }
`;
}

/** `nginx.conf` of a web server: the site for its domains, the status page for everything else. */
function webConf(cluster: Cluster): string {
  return `user www-data;
worker_processes auto;
pid /run/nginx.pid;
include /etc/nginx/modules-enabled/*.conf;
events {
  worker_connections 1024;
}
http {
  include /etc/nginx/mime.types;
  server_tokens off;
  access_log /var/log/nginx/access.log;
  error_log /var/log/nginx/error.log;
  client_max_body_size 64m;
  set_real_ip_from ${cluster.blueprint.network.vlan}.0/24;
  real_ip_header X-Real-IP;
  server {
    listen 80 default_server;
    location / {
      ${fastcgi(statusPage)}
    }
  }
${siteServer(cluster)}}
`;
}

/** Mounts the content over NFSv4.2; `hard`: a failover makes programs wait, never fail. */
function mountConf(cluster: Cluster): string {
  return `[Unit]
Description=Content of the site
[Mount]
What=${cluster.floating.nfs.address}:${exportPath}
Where=${contentPath}
Type=nfs4
Options=vers=4.2,hard,timeo=50,retrans=3,noatime,_netdev
TimeoutSec=90
[Install]
WantedBy=remote-fs.target
`;
}

/** A web server as far as it needs nobody else. */
export function webStages(cluster: Cluster, node: Node, secrets: ClusterSecrets): Stage[] {
  const conf = "/etc/nginx/nginx.conf";
  const root = { owner: "root", group: "root", mode: "0755" };
  const { name, user } = cluster.blueprint.site.database;
  const settings = settingsPhp({
    server: node.name,
    database: { host: cluster.floating.db.address, name, user, password: secrets.databasePassword.reveal() },
    file: statusFile,
  });
  return [
    {
      name: "web folders",
      items: ["/etc/nonet", "/usr/share/nonet"].map((path) => desire(directory, { path, ...root })),
    },
    {
      name: "web configuration",
      items: [
        fileItem(conf, webConf(cluster)),
        fileItem(statusPage, statusPhp),
        fileItem(statusSettings, new Secret(settings), { mode: "0640", group: "www-data" }),
        fileItem(`/etc/systemd/system/${mountUnit}`, mountConf(cluster)),
      ],
    },
    {
      name: "web services",
      items: [
        unitItem("php8.2-fpm.service"),
        unitItem("nginx.service", { watch: [conf], onChange: "reload", validate: ["nginx", "-t", "-q"] }),
      ],
    },
  ];
}

/** The content of a web server; once storage and database serve their addresses. The first one writes what the page shows. */
export function contentStages(cluster: Cluster, node: Node): Stage[] {
  const { name } = cluster.blueprint;
  const mount: Stage = {
    name: "content",
    items: [unitItem(mountUnit, { watch: [`/etc/systemd/system/${mountUnit}`] })],
  };
  if (node.index !== 1) return [mount];
  const items = [
    fileItem(statusFile, `file of ${name} on the storage\n`),
    desire(statusRow, { page: statusPage, text: `row of ${name} in the database` }),
  ];
  return [mount, { name: "status row and file", items }];
}
