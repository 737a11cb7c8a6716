# syntax=docker/dockerfile:1
# The image uses the Node.js of its base image, not the one that npm installs for development. That one would need
# Debian's package libatomic1.
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No dependency needs an install script: better-sqlite3 ships its binaries. Those for other platforms and the source of
# SQLite take 25 MB, and nothing here uses them.
RUN npm ci --omit=dev --ignore-scripts --workspaces=false && npm cache clean --force \
    && cd node_modules/better-sqlite3 && rm -r deps src \
    && find prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete

FROM node:26-slim AS program
WORKDIR /app
# SQLite needs a folder for temporary files, and no other can be written to if the root file system is read-only.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATABASE_URL=file:/data/aggregator.db \
    SQLITE_TMPDIR=/data
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules ./node_modules
# Only what the service runs: .dockerignore lists it. It changes most often, so it comes last.
COPY . .

# A full compile cache makes startup faster and saves 30 MB (docs/decisions/0008-compile-cache.md). The cache is valid for
# one user and one set of flags, so this stage runs the service with both. The request loads the modules that startup
# does not.
FROM program AS compiled
RUN mkdir -p node_modules/.cache/compile && chown node:node node_modules/.cache/compile
USER node
RUN OFFERS_BASE_URL=http://127.0.0.1:9/api/v1 \
    node --max-semi-space-size=8 --no-allocation-site-pretenuring start.js & \
    tries=0; \
    until node -e "fetch('http://127.0.0.1:3000/api/v1/products').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"; \
    do tries=$((tries + 1)); [ $tries -lt 60 ] && kill -0 $! && sleep 1 || exit 1; done; \
    kill $! && wait $! && chmod -R a+rX node_modules/.cache/compile

FROM program
LABEL org.opencontainers.image.title="product-aggregator" \
      org.opencontainers.image.description="A product catalogue whose offers are kept fresh from the Offers service." \
      org.opencontainers.image.licenses="MIT"
# Owned by root, like the program: the service can read both, and change neither.
COPY --from=compiled --chown=root:root /app/node_modules/.cache ./node_modules/.cache
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["node", "cli/health.ts"]
# The same flags as `npm start` (docs/decisions/0013-flags-of-v8.md).
CMD ["node", "--max-semi-space-size=8", "--no-allocation-site-pretenuring", "start.js"]
