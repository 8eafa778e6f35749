#include <recur/version.h>

#include <cstdio>

int main() { std::printf("recur %s\n", recur::version()); }
