# Builds from a clean checkout: docker build -t sentinel-interceptor .
# Pin both images by digest before you depend on them.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /build
COPY . .
RUN mvn --batch-mode --no-transfer-progress -pl interceptor-server -am package \
      -Dmaven.test.skip=true -Dspotless.check.skip=true

# A JRE without a shell or a package manager, user 65532.
FROM eclipse-temurin:25-jre
RUN ["/bin/rm", "-f", "/usr/bin/apt", "/usr/bin/apt-get", "/usr/bin/dpkg", "/usr/bin/sh", \
  "/usr/bin/dash", "/usr/bin/bash"]
USER 65532:65532
WORKDIR /opt/interceptor
COPY --from=build /build/interceptor-server/target/interceptor-server.jar ./
# lib only: what `dev` and `demo` need on top stays out of the image.
COPY --from=build /build/interceptor-server/target/lib ./lib
COPY policies ./policies
EXPOSE 8080 9090
# Another command (migrate, keys, signing-keys) replaces `serve`; JAVA_TOOL_OPTIONS sets the heap.
ENTRYPOINT ["/opt/java/openjdk/bin/java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=70", \
  "-XX:+ExitOnOutOfMemoryError", \
  "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
  "-Dinterceptor.home=/opt/interceptor", \
  "-cp", "/opt/interceptor/interceptor-server.jar:/opt/interceptor/lib/*", \
  "dev.interceptor.server.Main"]
CMD ["serve"]
