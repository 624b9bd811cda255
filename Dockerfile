# One image for every role. There is nothing to compile: Node runs the TypeScript.

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY patches patches
# The Node of the package `node` is for machines with another one; the image has its own.
RUN npm ci --omit=dev && rm -rf node_modules/node node_modules/.bin/node

FROM node:24-slim
ENV NODE_ENV=production CALLBOARD_CONFIG=/app/config/docker.json
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY . .
# All that a node writes; the rest may be read-only.
RUN mkdir -m 700 /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 9464/tcp 5060/udp 20000-20999/udp
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "scripts/callboard.ts", "health", "livez"]
ENTRYPOINT ["node", "scripts/callboard.ts"]
CMD ["node"]
