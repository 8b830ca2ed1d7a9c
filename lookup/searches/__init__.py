"""One search per file: the tables and slots it reads, its options, data, statistic and prediction."""
