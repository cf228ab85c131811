from benchmarks.releases import measure

if __name__ == "__main__":
    measure(offices=300, months="2023-01..2024-12", responses=200_000)
    measure(offices=300, months="2024-01..2024-12", responses=100_000)
    measure(offices=300, months="2024-12..2024-12", responses=200_000)
