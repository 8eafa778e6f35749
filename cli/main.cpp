// The command: parse, route, print.
int main() { return 0; }
